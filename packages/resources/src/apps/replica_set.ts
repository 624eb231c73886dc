import type { FieldError, ReplicaSet } from '@kubets/api';
import { defaultPodTemplateSpec } from '../core/pod/default_pod.ts';
import { dropGatedFields } from '../core/pod/prepare_pod.ts';
import { define } from '../define.ts';
import { validateNonNegative } from '../rules/numbers.ts';
import { scaleSubresource } from '../scale.ts';
import { columnsOf, countColumn } from '../table/columns.ts';
import {
  validateCounts,
  validateSameSelector,
  validateSelectedTemplate,
} from '../workload/validate_template.ts';
import { warnOfWorkload } from '../workload/warn_of_workload.ts';
import { selectorText, templateColumns } from '../workload/workload_columns.ts';
import { appsKind } from './apps_kinds.ts';

export const replicaSet = define<ReplicaSet>({
  id: appsKind('replicasets', 'ReplicaSet', { shortNames: ['rs'], categories: ['all'] }),
  scope: 'Namespaced',
  columns: columnsOf<ReplicaSet>(
    countColumn('Desired', 'How many pods are wanted.', ({ spec }) => spec.replicas),
    countColumn('Current', 'How many pods there are.', ({ status }) => status?.replicas),
    countColumn('Ready', 'How many of them are ready.', ({ status }) => status?.readyReplicas),
    ...templateColumns<ReplicaSet>(({ spec }) => spec.template?.spec?.containers, selectorText),
  ),
  defaults(object) {
    const spec = (object.spec ??= {} as ReplicaSet['spec']);
    spec.replicas ??= 1;
    if (spec.template) defaultPodTemplateSpec(spec.template);
  },
  generation: 'spec',
  prepareCreate: ({ spec }) => spec.template?.spec && dropGatedFields(spec.template.spec),
  prepareUpdate: ({ spec }) => spec.template?.spec && dropGatedFields(spec.template.spec),
  validate: validateReplicaSet,
  validateUpdate: validateSameSelector,
  warnings: warnOfWorkload,
  status: {
    // Upstream says `replicas` with its path and `readyReplicas` without.
    initial: () => ({ replicas: 0 }),
    validate: (next, old) =>
      validateCounts(next.status, old.status, {
        counts: [
          'replicas',
          'fullyLabeledReplicas',
          'readyReplicas',
          'availableReplicas',
          'observedGeneration',
          'terminatingReplicas',
        ],
        partsOf: 'replicas',
        parts: ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'],
      }),
  },
  subresources: [scaleSubresource<ReplicaSet>(({ spec }) => spec.selector)],
});

function validateReplicaSet({ spec }: ReplicaSet): FieldError[] {
  return [
    ...validateNonNegative(spec.replicas, 'spec.replicas'),
    ...validateNonNegative(spec.minReadySeconds, 'spec.minReadySeconds'),
    ...validateSelectedTemplate(spec, {
      kind: 'ReplicaSet',
      what: 'deployment',
      broken: 'invalid label selector',
    }),
  ];
}
