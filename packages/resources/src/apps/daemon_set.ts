import { type DaemonSet, type FieldError, invalidValue, notSupported, required } from '@kubets/api';
import { defaultPodTemplateSpec } from '../core/pod/default_pod.ts';
import { dropGatedFields } from '../core/pod/prepare_pod.ts';
import { define } from '../define.ts';
import { sameValue } from '../rules/equality.ts';
import { goStruct } from '../rules/go_struct.ts';
import { isEmptySelector, validateLabelSelector } from '../rules/labels.ts';
import { validateAtMost100Percent, validateIntOrPercent, validateNonNegative } from '../rules/numbers.ts';
import { columnsOf, countColumn, formatLabels, textColumn } from '../table/columns.ts';
import {
  invalidSelector,
  validateCounts,
  validateLastingTemplate,
  validateMatches,
  validateSameSelector,
} from '../workload/validate_template.ts';
import { warnOfTemplate } from '../workload/warn_of_workload.ts';
import { selectorText, templateColumns } from '../workload/workload_columns.ts';
import { appsKind } from './apps_kinds.ts';
import { isZero } from './rolling_update.ts';

const templateGeneration = 'deprecated.daemonset.template.generation';

export const daemonSet = define<DaemonSet>({
  id: appsKind('daemonsets', 'DaemonSet', { shortNames: ['ds'], categories: ['all'] }),
  scope: 'Namespaced',
  columns: columnsOf<DaemonSet>(
    countColumn('Desired', 'Nodes that should run its pod.', ({ status }) => status?.desiredNumberScheduled),
    countColumn('Current', 'Nodes that do.', ({ status }) => status?.currentNumberScheduled),
    countColumn('Ready', 'Nodes where the pod is ready.', ({ status }) => status?.numberReady),
    countColumn(
      'Up-to-date',
      'Nodes with the newest template.',
      ({ status }) => status?.updatedNumberScheduled,
    ),
    countColumn(
      'Available',
      'Nodes where it has been ready long enough.',
      ({ status }) => status?.numberAvailable,
    ),
    textColumn('Node Selector', 'Labels of the nodes that it is for.', ({ spec }) =>
      formatLabels(spec.template?.spec?.nodeSelector),
    ),
    ...templateColumns<DaemonSet>(({ spec }) => spec.template?.spec?.containers, selectorText),
  ),
  defaults(object) {
    const { spec } = object;
    const strategy = (spec.updateStrategy ??= {});
    strategy.type ||= 'RollingUpdate';
    if (strategy.type === 'RollingUpdate') {
      strategy.rollingUpdate ??= {};
      strategy.rollingUpdate.maxUnavailable ??= 1;
      strategy.rollingUpdate.maxSurge ??= 0;
    }
    spec.revisionHistoryLimit ??= 10;
    if (spec.template) defaultPodTemplateSpec(spec.template);
    // Upstream's is a number inside, so that nobody can take it away.
    setTemplateGeneration(object, templateGenerationOf(object));
  },
  generation: 'spec',
  prepareCreate(object) {
    if (object.spec.template?.spec) dropGatedFields(object.spec.template.spec);
    setTemplateGeneration(object, Math.max(1, templateGenerationOf(object)));
  },
  prepareUpdate(next, old) {
    if (next.spec.template?.spec) dropGatedFields(next.spec.template.spec);
    const before = templateGenerationOf(old);
    const same = sameValue(next.spec.template, old.spec.template, 'core.v1.PodTemplateSpec');
    setTemplateGeneration(next, same ? before : before + 1);
  },
  validate: validateDaemonSet,
  warnings: (next, old) => warnOfTemplate(next.spec.template, 'spec.template', next, old),
  status: {
    initial: () => ({
      currentNumberScheduled: 0,
      desiredNumberScheduled: 0,
      numberMisscheduled: 0,
      numberReady: 0,
    }),
    prepare: (next, old) => setTemplateGeneration(next, templateGenerationOf(old)),
    validate: (next, old) =>
      validateCounts(next.status, old.status, {
        counts: [
          'currentNumberScheduled',
          'numberMisscheduled',
          'desiredNumberScheduled',
          'numberReady',
          'observedGeneration',
          'updatedNumberScheduled',
          'numberAvailable',
          'numberUnavailable',
          'collisionCount',
        ],
      }),
  },
});

function templateGenerationOf({ metadata }: DaemonSet): number {
  return Number(metadata.annotations?.[templateGeneration] ?? 0) || 0;
}

/** A field of v1beta1 that v1 keeps as an annotation: how often the template changed. */
function setTemplateGeneration({ metadata }: DaemonSet, value: number): void {
  metadata.annotations = { ...metadata.annotations, [templateGeneration]: String(value) };
}

function validateDaemonSet(next: DaemonSet, old?: DaemonSet): FieldError[] {
  const { spec } = next;
  const broken = validateLabelSelector(spec.selector, 'spec.selector');
  return [
    ...(old ? validateSameSelector(next, old) : []),
    ...broken,
    // A selector that is missing is only noticed by what it doesn't select.
    ...(broken.length === 0 ? validateMatches(spec.selector, spec.template) : []),
    ...(spec.selector && isEmptySelector(spec.selector)
      ? [invalidSelector(spec.selector, 'empty selector is invalid for daemonset')]
      : []),
    ...validateLastingTemplate(spec.template, 'DaemonSet'),
    ...validateNonNegative(spec.minReadySeconds, 'spec.minReadySeconds'),
    ...validateStrategy(spec.updateStrategy ?? {}),
    ...validateNonNegative(spec.revisionHistoryLimit, 'spec.revisionHistoryLimit'),
  ];
}

function validateStrategy(strategy: NonNullable<DaemonSet['spec']['updateStrategy']>): FieldError[] {
  const { type, rollingUpdate } = strategy;
  const path = 'spec.updateStrategy.rollingUpdate';
  if (type === 'OnDelete') return [];
  if (type !== 'RollingUpdate')
    return [
      notSupported('spec.updateStrategy', goStruct(strategy, 'apps.v1.DaemonSetUpdateStrategy'), [
        'RollingUpdate',
        'OnDelete',
      ]),
    ];
  if (!rollingUpdate) return [required(path)];
  const { maxUnavailable = 0, maxSurge = 0 } = rollingUpdate;
  const errors = [
    ...validateIntOrPercent(maxUnavailable, `${path}.maxUnavailable`),
    ...validateIntOrPercent(maxSurge, `${path}.maxSurge`),
    ...validateAtMost100Percent(maxUnavailable, `${path}.maxUnavailable`),
    ...validateAtMost100Percent(maxSurge, `${path}.maxSurge`),
  ];
  if (!isZero(maxUnavailable) && !isZero(maxSurge))
    errors.push(invalidValue(`${path}.maxSurge`, maxSurge, 'may not be set when maxUnavailable is non-zero'));
  if (isZero(maxUnavailable) && isZero(maxSurge))
    errors.push(required(`${path}.maxUnavailable`, 'cannot be 0 when maxSurge is 0'));
  return errors;
}
