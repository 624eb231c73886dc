import {
  type Deployment,
  type FieldError,
  forbiddenField,
  invalidValue,
  notSupported,
  required,
} from '@kubets/api';
import { defaultPodTemplateSpec } from '../core/pod/default_pod.ts';
import { dropGatedFields } from '../core/pod/prepare_pod.ts';
import { define } from '../define.ts';
import { sameValue } from '../rules/equality.ts';
import { goStruct } from '../rules/go_struct.ts';
import { validateAtMost100Percent, validateIntOrPercent, validateNonNegative } from '../rules/numbers.ts';
import { scaleSubresource } from '../scale.ts';
import { columnsOf, textColumn } from '../table/columns.ts';
import {
  validateCounts,
  validateSameSelector,
  validateSelectedTemplate,
} from '../workload/validate_template.ts';
import { warnOfWorkload } from '../workload/warn_of_workload.ts';
import { selectorText, templateColumns } from '../workload/workload_columns.ts';
import { appsKind } from './apps_kinds.ts';
import { isZero } from './rolling_update.ts';

export const deployment = define<Deployment>({
  id: appsKind('deployments', 'Deployment', { shortNames: ['deploy'], categories: ['all'] }),
  scope: 'Namespaced',
  columns: columnsOf<Deployment>(
    textColumn(
      'Ready',
      'How many of its pods are ready, of how many wanted.',
      ({ spec, status }) => `${status?.readyReplicas ?? 0}/${spec.replicas ?? 0}`,
    ),
    textColumn('Up-to-date', 'Pods of the newest template.', ({ status }) => status?.updatedReplicas ?? 0),
    textColumn(
      'Available',
      'Pods that have been ready long enough.',
      ({ status }) => status?.availableReplicas ?? 0,
    ),
    ...templateColumns<Deployment>(({ spec }) => spec.template?.spec?.containers, selectorText),
  ),
  defaults({ spec }) {
    spec.replicas ??= 1;
    const strategy = (spec.strategy ??= {});
    strategy.type ||= 'RollingUpdate';
    if (strategy.type === 'RollingUpdate') {
      strategy.rollingUpdate ??= {};
      strategy.rollingUpdate.maxUnavailable ??= '25%';
      strategy.rollingUpdate.maxSurge ??= '25%';
    }
    spec.revisionHistoryLimit ??= 10;
    spec.progressDeadlineSeconds ??= 600;
    if (spec.template) defaultPodTemplateSpec(spec.template);
  },
  generation: 'spec',
  prepareCreate: ({ spec }) => spec.template?.spec && dropGatedFields(spec.template.spec),
  prepareUpdate(next, old) {
    if (next.spec.template?.spec) dropGatedFields(next.spec.template.spec);
    // Annotations count too: the controller copies them to its ReplicaSets.
    if (!sameValue(next.metadata.annotations ?? {}, old.metadata.annotations ?? {}))
      next.metadata.generation = (old.metadata.generation ?? 0) + 1;
  },
  validate: validateDeployment,
  validateUpdate: validateSameSelector,
  warnings: warnOfWorkload,
  status: {
    metadata: 'keepLabels',
    validate: (next, old) =>
      validateCounts(next.status, old.status, {
        counts: [
          'observedGeneration',
          'replicas',
          'updatedReplicas',
          'readyReplicas',
          'availableReplicas',
          'unavailableReplicas',
          'terminatingReplicas',
          'collisionCount',
        ],
        partsOf: 'replicas',
        parts: ['updatedReplicas', 'readyReplicas', 'availableReplicas'],
      }),
  },
  subresources: [scaleSubresource<Deployment>(({ spec }) => spec.selector)],
});

function validateDeployment({ spec }: Deployment): FieldError[] {
  const deadline = spec.progressDeadlineSeconds;
  const errors = [
    ...validateNonNegative(spec.replicas, 'spec.replicas'),
    ...validateSelectedTemplate(spec, {
      kind: 'ReplicaSet',
      what: 'deployment',
      broken: 'invalid label selector',
    }),
    ...validateStrategy(spec.strategy ?? {}),
    ...validateNonNegative(spec.minReadySeconds, 'spec.minReadySeconds'),
    ...validateNonNegative(spec.revisionHistoryLimit, 'spec.revisionHistoryLimit'),
    ...validateNonNegative(deadline, 'spec.progressDeadlineSeconds'),
  ];
  if (deadline !== undefined && deadline <= (spec.minReadySeconds ?? 0))
    errors.push(
      invalidValue('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds'),
    );
  return errors;
}

function validateStrategy(strategy: NonNullable<Deployment['spec']['strategy']>): FieldError[] {
  const path = 'spec.strategy.rollingUpdate';
  const { type, rollingUpdate } = strategy;
  if (type === 'Recreate')
    return rollingUpdate
      ? [forbiddenField(path, "may not be specified when strategy `type` is 'Recreate'")]
      : [];
  if (type !== 'RollingUpdate')
    return [
      notSupported('spec.strategy', goStruct(strategy, 'apps.v1.DeploymentStrategy'), [
        'Recreate',
        'RollingUpdate',
      ]),
    ];
  if (!rollingUpdate) return [required(path, 'this should be defaulted and never be nil')];
  const { maxUnavailable = 0, maxSurge = 0 } = rollingUpdate;
  return [
    ...validateIntOrPercent(maxUnavailable, `${path}.maxUnavailable`),
    ...validateIntOrPercent(maxSurge, `${path}.maxSurge`),
    ...(isZero(maxUnavailable) && isZero(maxSurge)
      ? [invalidValue(`${path}.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0')]
      : []),
    ...validateAtMost100Percent(maxUnavailable, `${path}.maxUnavailable`),
  ];
}
