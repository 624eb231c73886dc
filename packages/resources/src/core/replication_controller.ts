import { type FieldError, type ReplicationController, required } from '@kubets/api';
import { define } from '../define.ts';
import { validateNonNegative } from '../rules/numbers.ts';
import { scaleSubresource } from '../scale.ts';
import { columnsOf, countColumn, formatLabels } from '../table/columns.ts';
import { validateCounts, validateLastingTemplate, validateMatches } from '../workload/validate_template.ts';
import { warnOfWorkload } from '../workload/warn_of_workload.ts';
import { templateColumns } from '../workload/workload_columns.ts';
import { coreKind } from './core_kinds.ts';
import { defaultPodTemplateSpec } from './pod/default_pod.ts';
import { dropGatedFields } from './pod/prepare_pod.ts';

export const replicationController = define<ReplicationController>({
  id: coreKind('replicationcontrollers', 'ReplicationController', {
    shortNames: ['rc'],
    categories: ['all'],
  }),
  scope: 'Namespaced',
  storagePath: 'controllers',
  columns: columnsOf<ReplicationController>(
    countColumn('Desired', 'How many pods are wanted.', ({ spec }) => spec.replicas),
    countColumn('Current', 'How many pods there are.', ({ status }) => status?.replicas),
    countColumn('Ready', 'How many of them are ready.', ({ status }) => status?.readyReplicas),
    ...templateColumns<ReplicationController>(
      ({ spec }) => spec.template?.spec?.containers,
      ({ spec }) => formatLabels(spec.selector),
    ),
  ),
  // It is older than garbage collection, and its users count on pods that outlive it.
  defaultPropagation: 'Orphan',
  defaults(object) {
    const spec = (object.spec ??= {});
    spec.replicas ??= 1;
    if (!spec.template) return;
    defaultPodTemplateSpec(spec.template);
    const labels = spec.template.metadata?.labels;
    if (!labels) return;
    if (!Object.keys(spec.selector ?? {}).length) spec.selector = { ...labels };
    if (!Object.keys(object.metadata.labels ?? {}).length) object.metadata.labels = { ...labels };
  },
  generation: 'spec',
  prepareCreate: ({ spec }) => spec.template?.spec && dropGatedFields(spec.template.spec),
  prepareUpdate: ({ spec }) => spec.template?.spec && dropGatedFields(spec.template.spec),
  validate: validateController,
  warnings: warnOfWorkload,
  status: {
    initial: () => ({ replicas: 0 }),
    validate: (next, old) =>
      validateCounts(next.status, old.status, {
        counts: [
          'replicas',
          'fullyLabeledReplicas',
          'readyReplicas',
          'availableReplicas',
          'observedGeneration',
        ],
        partsOf: 'replicas',
        parts: ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'],
      }),
  },
  subresources: [
    scaleSubresource<ReplicationController>(({ spec }) => ({ matchLabels: spec.selector ?? {} })),
  ],
  selectableFields: { 'status.replicas': ({ status }) => String(status?.replicas ?? 0) },
});

function validateController({ spec }: ReplicationController): FieldError[] {
  const selector = spec.selector ?? {};
  const none = Object.keys(selector).length === 0;
  return [
    ...validateNonNegative(spec.minReadySeconds, 'spec.minReadySeconds'),
    ...(none ? [required('spec.selector')] : []),
    ...validateNonNegative(spec.replicas, 'spec.replicas'),
    ...(none || !spec.template ? [] : validateMatches({ matchLabels: selector }, spec.template)),
    ...validateLastingTemplate(spec.template, 'ReplicationController'),
  ];
}
