import {
  type FieldError,
  forbiddenField,
  invalidValue,
  type PersistentVolume,
  type PersistentVolumeSpec,
} from '@kubets/api';
import { rfc3339 } from '@kubets/base';
import { define } from '../define.ts';
import { sameValue } from '../rules/equality.ts';
import { goStruct } from '../rules/go_struct.ts';
import { immutableText } from '../rules/labels.ts';
import { columnsOf, textColumn, wide } from '../table/columns.ts';
import { coreKind } from './core_kinds.ts';
import { sourceOf } from './persistent_volume_source.ts';
import { validateVolumeSpec } from './persistent_volume_spec.ts';
import { defaultNetworkVolume } from './pod/default_volumes.ts';
import { describeChanges } from './pod/describe_changes.ts';
import { roundUpAmounts } from './resource_names.ts';
import { withStableKeys } from './stable_node_labels.ts';
import { accessModesText, phaseText } from './volume_rules.ts';
import { warnOfVolume } from './volume_warnings.ts';

const classAnnotation = 'volume.beta.kubernetes.io/storage-class';

export const persistentVolume = define<PersistentVolume>({
  id: coreKind('persistentvolumes', 'PersistentVolume', { shortNames: ['pv'] }),
  scope: 'Cluster',
  columns: columnsOf<PersistentVolume>(
    textColumn('Capacity', 'Its size.', ({ spec }) => spec.capacity?.storage ?? '0'),
    textColumn('Access Modes', 'How it may be mounted.', ({ spec }) => accessModesText(spec.accessModes)),
    textColumn(
      'Reclaim Policy',
      'What becomes of it when its claim is gone.',
      ({ spec }) => spec.persistentVolumeReclaimPolicy,
    ),
    textColumn('Status', 'Whether a claim has it.', phaseText),
    textColumn('Claim', 'The claim that has it.', ({ spec: { claimRef } }) =>
      claimRef ? `${claimRef.namespace ?? ''}/${claimRef.name ?? ''}` : '',
    ),
    textColumn(
      'StorageClass',
      'Class that it belongs to.',
      ({ spec, metadata }) => metadata.annotations?.[classAnnotation] ?? spec.storageClassName,
    ),
    textColumn(
      'VolumeAttributesClass',
      'Class of attributes that it has.',
      ({ spec }) => spec.volumeAttributesClassName ?? '<unset>',
    ),
    textColumn('Reason', 'Why it failed.', ({ status }) => status?.reason),
    wide(textColumn('VolumeMode', 'Files, or a raw device.', ({ spec }) => spec.volumeMode ?? '<unset>')),
  ),
  defaults({ spec }) {
    spec.persistentVolumeReclaimPolicy ||= 'Retain';
    spec.volumeMode ??= 'Filesystem';
    defaultVolumeSources(spec);
  },
  // An update is held to the rules twice, as upstream's strategy and its rules of updates both ask them.
  validate: (object, old) =>
    old ? [...validateVolume(object), ...validateVolume(object)] : validateVolume(object),
  warnings: warnOfVolume,
  validateUpdate,
  status: {
    initial: (_, { clock }) => ({ phase: 'Pending', lastPhaseTransitionTime: rfc3339(clock.now()) }),
    prepare(next, old, { clock }) {
      const before = old.status;
      const status = { ...next.status };
      status.phase ||= 'Pending';
      const time = status.lastPhaseTransitionTime;
      if (status.phase === before?.phase) status.lastPhaseTransitionTime ??= before?.lastPhaseTransitionTime;
      else if (time === undefined || time === before?.lastPhaseTransitionTime)
        status.lastPhaseTransitionTime = rfc3339(clock.now());
      next.status = status;
    },
  },
});

/** Of volumes of their own, and of those written into a VolumeAttachment. */
export function defaultVolumeSources(spec: PersistentVolumeSpec): void {
  if (spec.hostPath) spec.hostPath.type ??= '';
  defaultNetworkVolume(spec as any);
  if (spec.capacity) spec.capacity = roundUpAmounts(spec.capacity);
}

function validateVolume({ spec, metadata }: PersistentVolume): FieldError[] {
  return validateVolumeSpec(spec, 'spec', { volumeName: metadata.name, inline: false });
}

function validateUpdate(next: PersistentVolume, old: PersistentVolume): FieldError[] {
  const errors: FieldError[] = [];
  const before = sourceOf(old.spec);
  const after = sourceOf(next.spec);
  // A secret for expansion may be added to a volume that had none.
  if (before.csi && after.csi && before.csi.controllerExpandSecretRef === undefined) {
    const { controllerExpandSecretRef: _, ...csi } = after.csi;
    after.csi = csi;
  }
  if (!sameValue(after, before, 'core.v1.PersistentVolumeSpec'))
    errors.push(
      forbiddenField(
        'spec.persistentvolumesource',
        `spec.persistentvolumesource is immutable after creation\n${describeChanges(before, after, 'core.v1.PersistentVolumeSource')}`,
      ),
    );
  if (next.spec.volumeMode !== old.spec.volumeMode)
    errors.push(invalidValue('volumeMode', next.spec.volumeMode ?? null, immutableText));
  if (
    old.spec.nodeAffinity &&
    !sameValue(
      next.spec.nodeAffinity,
      withStableKeys(old.spec.nodeAffinity, next.spec.nodeAffinity),
      'core.v1.VolumeNodeAffinity',
    )
  )
    errors.push(
      invalidValue(
        'nodeAffinity',
        goStruct(next.spec.nodeAffinity, 'core.v1.VolumeNodeAffinity'),
        `${immutableText}, except for updating from beta label to GA`,
      ),
    );
  const was = old.spec.volumeAttributesClassName;
  if (was !== undefined && next.spec.volumeAttributesClassName === undefined)
    errors.push(
      forbiddenField('spec.volumeAttributesClassName', 'update from non-nil value to nil is forbidden'),
    );
  return errors;
}
