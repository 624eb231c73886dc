import {
  type FieldError,
  forbiddenField,
  invalidValue,
  notSupported,
  type PersistentVolume,
  type PersistentVolumeSpec,
  required,
} from '@kubets/api';
import { rfc3339 } from '@kubets/base';
import { define } from '../define.ts';
import { sameValue } from '../rules/equality.ts';
import { immutableText } from '../rules/labels.ts';
import { validateGreaterThanZero } from '../rules/quantities.ts';
import { columnsOf, textColumn, wide } from '../table/columns.ts';
import { coreKind } from './core_kinds.ts';
import { validateBasicAmounts } from './persistent_volume_claim_rules.ts';
import { sourceOf, validateSource } from './persistent_volume_source.ts';
import { defaultNetworkVolume } from './pod/default_volumes.ts';
import { describeChanges } from './pod/describe_changes.ts';
import { validateNodeSelector } from './pod/validate_affinity.ts';
import { roundUpAmounts } from './resource_names.ts';
import {
  accessModesText,
  phaseText,
  validateAccessModes,
  validateClassName,
  volumeModes,
} from './volume_rules.ts';
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
    if (spec.hostPath) spec.hostPath.type ??= '';
    defaultNetworkVolume(spec as any);
    if (spec.capacity) spec.capacity = roundUpAmounts(spec.capacity);
  },
  validate: ({ spec }) => validateSpec(spec),
  warnings: warnOfVolume,
  validateUpdate,
  status: {
    initial: (_, { clock }) => ({ phase: 'Pending', lastPhaseTransitionTime: rfc3339(clock.now()) }),
    prepare(next, old, { clock }) {
      const before = old.status;
      const status = { ...next.status };
      const time = status.lastPhaseTransitionTime;
      if (status.phase === before?.phase) status.lastPhaseTransitionTime ??= before?.lastPhaseTransitionTime;
      else if (time === undefined || time === before?.lastPhaseTransitionTime)
        status.lastPhaseTransitionTime = rfc3339(clock.now());
      next.status = status;
    },
  },
  selectableFields: { name: ({ metadata }) => metadata.name },
});

function validateSpec(spec: PersistentVolumeSpec): FieldError[] {
  const { capacity = {}, nodeAffinity } = spec;
  const errors: FieldError[] = spec.accessModes?.length ? [] : [required('spec.accessModes')];
  errors.push(...validateAccessModes(spec.accessModes, 'spec.accessModes'));
  const names = Object.keys(capacity);
  if (names.length === 0) errors.push(required('spec.capacity'));
  if (names.length !== 1 || names[0] !== 'storage')
    errors.push(notSupported('spec.capacity', spec.capacity ?? null, ['storage']));
  errors.push(...validateBasicAmounts(capacity, 'spec.capacity'));
  for (const [name, amount] of Object.entries(capacity))
    errors.push(...validateGreaterThanZero(amount, `spec.capacity[${name}]`));
  const policy = spec.persistentVolumeReclaimPolicy;
  const policies = ['Delete', 'Recycle', 'Retain'];
  if (policy && !policies.includes(policy))
    errors.push(notSupported('spec.persistentVolumeReclaimPolicy', policy, policies));
  if (nodeAffinity && !nodeAffinity.required)
    errors.push(required('spec.nodeAffinity.required', 'must specify required node constraints'));
  if (nodeAffinity?.required)
    errors.push(...validateNodeSelector(nodeAffinity.required, 'spec.nodeAffinity.required'));
  errors.push(...validateSource(spec, 'spec'));
  errors.push(...validateClassName(spec.storageClassName, 'spec.storageClassName'));
  if (spec.volumeMode !== undefined && !volumeModes.includes(spec.volumeMode))
    errors.push(notSupported('spec.volumeMode', spec.volumeMode, volumeModes));
  return [...errors, ...validateAttributes(spec)];
}

function validateAttributes(spec: PersistentVolumeSpec): FieldError[] {
  const name = spec.volumeAttributesClassName;
  if (name === undefined) return [];
  const path = 'spec.volumeAttributesClassName';
  return [
    ...(name ? validateClassName(name, path) : [required(path, 'an empty string is disallowed')]),
    ...(spec.csi ? [] : [required('spec.csi', 'has to be specified when using volumeAttributesClassName')]),
  ];
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
        `spec.persistentvolumesource is immutable after creation\n${describeChanges(before, after)}`,
      ),
    );
  if (next.spec.volumeMode !== old.spec.volumeMode)
    errors.push(invalidValue('volumeMode', next.spec.volumeMode ?? null, immutableText));
  if (
    old.spec.nodeAffinity &&
    !sameValue(next.spec.nodeAffinity, old.spec.nodeAffinity, 'core.v1.VolumeNodeAffinity')
  )
    errors.push(invalidValue('nodeAffinity', next.spec.nodeAffinity ?? null, immutableText));
  const was = old.spec.volumeAttributesClassName;
  if (was !== undefined && next.spec.volumeAttributesClassName === undefined)
    errors.push(
      forbiddenField('spec.volumeAttributesClassName', 'update from non-nil value to nil is forbidden'),
    );
  return errors;
}
