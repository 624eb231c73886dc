import type { StatefulSet } from '@kubets/api';
import { defaultPodTemplateSpec } from '../core/pod/default_pod.ts';
import { defaultClaimSpec } from '../core/pod/default_volumes.ts';
import { dropGatedFields } from '../core/pod/prepare_pod.ts';
import { warnOfClaimSpec } from '../core/volume_warnings.ts';
import { define } from '../define.ts';
import { nameIsLabel } from '../rules/names.ts';
import { scaleSubresource } from '../scale.ts';
import { columnsOf, textColumn } from '../table/columns.ts';
import { validateCounts } from '../workload/validate_template.ts';
import { warnOfTemplate } from '../workload/warn_of_workload.ts';
import { templateColumns } from '../workload/workload_columns.ts';
import { appsKind } from './apps_kinds.ts';
import { validateStatefulSet, validateStatefulSetUpdate } from './validate_stateful_set.ts';

export const statefulSet = define<StatefulSet>({
  id: appsKind('statefulsets', 'StatefulSet', { shortNames: ['sts'], categories: ['all'] }),
  scope: 'Namespaced',
  columns: columnsOf<StatefulSet>(
    textColumn(
      'Ready',
      'How many of its pods are ready, of how many wanted.',
      ({ spec, status }) => `${status?.readyReplicas ?? 0}/${spec.replicas ?? 0}`,
    ),
    ...templateColumns<StatefulSet>(({ spec }) => spec.template?.spec?.containers),
  ),
  // Names of its pods are made of its own.
  validateName: nameIsLabel,
  defaults: defaultStatefulSet,
  generation: 'spec',
  prepareCreate: ({ spec }) => dropGated(spec),
  prepareUpdate: ({ spec }, old) => dropGated(spec, old.spec),
  validate: validateStatefulSet,
  validateUpdate: validateStatefulSetUpdate,
  warnings: (next, old) => [
    ...warnOfTemplate(next.spec.template, 'spec.template', next, old),
    ...(next.spec.volumeClaimTemplates ?? []).flatMap((claim, i) =>
      warnOfClaimSpec(claim.spec ?? {}, `spec.volumeClaimTemplates[${i}]`),
    ),
    ...((next.spec.revisionHistoryLimit ?? 0) < 0
      ? [
          'spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended',
        ]
      : []),
  ],
  status: {
    initial: () => ({ replicas: 0, availableReplicas: 0 }),
    validate: (next, old) =>
      validateCounts(next.status, old.status, {
        counts: [
          'replicas',
          'readyReplicas',
          'currentReplicas',
          'updatedReplicas',
          'availableReplicas',
          'observedGeneration',
          'collisionCount',
        ],
        partsOf: 'replicas',
        parts: ['readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas'],
        readyName: 'status.readyReplicas',
      }),
  },
  subresources: [scaleSubresource<StatefulSet>(({ spec }) => spec.selector)],
});

function defaultStatefulSet({ spec }: StatefulSet): void {
  spec.podManagementPolicy ||= 'OrderedReady';
  const strategy = (spec.updateStrategy ??= {});
  if (!strategy.type) {
    strategy.type = 'RollingUpdate';
    strategy.rollingUpdate ??= {};
  }
  if (strategy.type === 'RollingUpdate' && strategy.rollingUpdate) strategy.rollingUpdate.partition ??= 0;
  const retention = (spec.persistentVolumeClaimRetentionPolicy ??= {});
  retention.whenDeleted ||= 'Retain';
  retention.whenScaled ||= 'Retain';
  spec.replicas ??= 1;
  spec.revisionHistoryLimit ??= 10;
  if (spec.template) defaultPodTemplateSpec(spec.template);
  for (const claim of spec.volumeClaimTemplates ?? []) {
    claim.apiVersion = 'v1';
    claim.kind = 'PersistentVolumeClaim';
    if (claim.spec) defaultClaimSpec(claim.spec);
    claim.status = { ...claim.status, phase: claim.status?.phase || 'Pending' };
  }
}

/** Of features that are off, only what is in use already stays. */
function dropGated(spec: StatefulSet['spec'], old?: StatefulSet['spec']): void {
  if (spec.template?.spec) dropGatedFields(spec.template.spec);
  const rollingUpdate = spec.updateStrategy?.rollingUpdate;
  if (rollingUpdate && old?.updateStrategy?.rollingUpdate?.maxUnavailable === undefined)
    delete rollingUpdate.maxUnavailable;
}
