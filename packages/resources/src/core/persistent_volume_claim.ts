import {
  type FieldError,
  forbiddenField,
  invalidValue,
  notSupported,
  type PersistentVolumeClaim,
  required,
  type TypedLocalObjectReference,
} from '@kubets/api';
import { define } from '../define.ts';
import { sameValue } from '../rules/equality.ts';
import { immutableText } from '../rules/labels.ts';
import { qualifiedName } from '../rules/names.ts';
import { compareAmounts } from '../rules/quantities.ts';
import { columnsOf, textColumn, wide } from '../table/columns.ts';
import { coreKind } from './core_kinds.ts';
import { validateBasicAmounts, validateClaimSpec } from './persistent_volume_claim_rules.ts';
import { defaultClaimSpec } from './pod/default_volumes.ts';
import { describeChanges } from './pod/describe_changes.ts';
import { isNative, roundUpAmounts } from './resource_names.ts';
import { accessModesText, phaseText } from './volume_rules.ts';
import { warnOfClaim } from './volume_warnings.ts';

const classAnnotation = 'volume.beta.kubernetes.io/storage-class';

export const persistentVolumeClaim = define<PersistentVolumeClaim>({
  id: coreKind('persistentvolumeclaims', 'PersistentVolumeClaim', { shortNames: ['pvc'] }),
  scope: 'Namespaced',
  columns: columnsOf<PersistentVolumeClaim>(
    textColumn('Status', 'Whether it has a volume.', phaseText),
    textColumn('Volume', 'The volume that it has.', ({ spec }) => spec.volumeName),
    textColumn('Capacity', 'Size of that volume.', ({ spec, status }) =>
      spec.volumeName ? (status?.capacity?.storage ?? '0') : '',
    ),
    textColumn('Access Modes', 'How the volume may be mounted.', ({ spec, status }) =>
      spec.volumeName ? accessModesText(status?.accessModes) : '',
    ),
    textColumn(
      'StorageClass',
      'Class that volumes for it come from.',
      ({ spec, metadata }) => metadata.annotations?.[classAnnotation] ?? spec.storageClassName,
    ),
    textColumn(
      'VolumeAttributesClass',
      'Class of attributes that its volume should have.',
      ({ spec }) => spec.volumeAttributesClassName ?? '<unset>',
    ),
    wide(textColumn('VolumeMode', 'Files, or a raw device.', ({ spec }) => spec.volumeMode ?? '<unset>')),
  ),
  defaults({ spec }) {
    defaultClaimSpec(spec);
    const { resources } = spec;
    if (resources?.requests) resources.requests = roundUpAmounts(resources.requests);
    if (resources?.limits) resources.limits = roundUpAmounts(resources.limits);
  },
  prepareCreate: (object) => normalizeSources(object, undefined),
  prepareUpdate: normalizeSources,
  validate: ({ spec }, old) => {
    const source = old?.spec.dataSource?.apiGroup ?? old?.spec.dataSourceRef?.apiGroup;
    return validateClaimSpec(spec, 'spec', { allowAnyGroup: source !== undefined });
  },
  validateUpdate: validateClaimUpdate,
  warnings: warnOfClaim,
  status: {
    initial: () => ({ phase: 'Pending' }),
    prepare(next) {
      const status = { ...next.status };
      status.phase ||= 'Pending';
      if (status.capacity) status.capacity = roundUpAmounts(status.capacity);
      if (status.allocatedResources) status.allocatedResources = roundUpAmounts(status.allocatedResources);
      next.status = status;
    },
    validate: validateStatus,
  },
});

/** `dataSource` and `dataSourceRef` say the same, unless the source is in another namespace (KEP-3294: off). */
function normalizeSources({ spec }: PersistentVolumeClaim, old: PersistentVolumeClaim | undefined): void {
  if (spec.dataSourceRef?.namespace && !old?.spec.dataSourceRef) delete spec.dataSourceRef;
  const hadSource = old?.spec.dataSource !== undefined || old?.spec.dataSourceRef !== undefined;
  // What the old field never meant is dropped without a word (KEP-1495).
  if (!hadSource && !spec.dataSourceRef && spec.dataSource && !isClaimOrSnapshot(spec.dataSource))
    delete spec.dataSource;
  if (spec.dataSourceRef?.namespace) return;
  if (spec.dataSource && !spec.dataSourceRef) spec.dataSourceRef = { ...spec.dataSource };
  else if (spec.dataSourceRef && !spec.dataSource) {
    const { apiGroup, kind, name } = spec.dataSourceRef;
    spec.dataSource = { ...(apiGroup !== undefined && { apiGroup }), kind, name };
  }
}

function isClaimOrSnapshot({ apiGroup, kind }: TypedLocalObjectReference): boolean {
  return (
    (kind === 'PersistentVolumeClaim' && !apiGroup) ||
    (kind === 'VolumeSnapshot' && apiGroup === 'snapshot.storage.k8s.io')
  );
}

function validateClaimUpdate(next: PersistentVolumeClaim, old: PersistentVolumeClaim): FieldError[] {
  const errors: FieldError[] = [];
  const { before, after } = comparableSpecs(next, old);
  const annotation = (object: PersistentVolumeClaim) => object.metadata.annotations?.[classAnnotation];
  const movedToField = annotation(old) !== undefined && next.spec.storageClassName === annotation(old);
  if (annotation(next) !== annotation(old) && !movedToField)
    errors.push(
      invalidValue(`metadata.annotations[${classAnnotation}]`, annotation(next) ?? '', immutableText),
    );
  if (!sameValue(after, before, 'core.v1.PersistentVolumeClaimSpec'))
    errors.push(
      forbiddenField(
        'spec',
        `spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n${describeChanges(before, after, 'core.v1.PersistentVolumeClaimSpec')}`,
      ),
    );
  const path = 'spec.resources.requests.storage';
  const size = next.spec.resources?.requests?.storage ?? '0';
  const shrinks = compareAmounts(size, old.spec.resources?.requests?.storage ?? '0') < 0;
  if (shrinks && compareAmounts(size, old.status?.capacity?.storage ?? '0') <= 0)
    errors.push(forbiddenField(path, 'field can not be less than status.capacity'));
  if (next.spec.volumeMode !== old.spec.volumeMode)
    errors.push(invalidValue('volumeMode', next.spec.volumeMode ?? null, immutableText));
  return [...errors, ...validateAttributesClass(next, old)];
}

/** Both specs with everything alike that an update may change. */
function comparableSpecs(next: PersistentVolumeClaim, old: PersistentVolumeClaim) {
  const before = { ...old.spec };
  const after = { ...next.spec };
  // The binder fills in the volume, and a default class may be filled in later.
  if (!before.volumeName) before.volumeName = after.volumeName;
  if (before.storageClassName === undefined && after.storageClassName !== undefined)
    before.storageClassName = after.storageClassName;
  if (next.status?.phase === 'Bound') {
    const storage = before.resources?.requests?.storage;
    if (after.resources?.requests && storage !== undefined)
      after.resources = { ...after.resources, requests: { ...after.resources.requests, storage } };
    after.volumeAttributesClassName = before.volumeAttributesClassName;
  }
  return { before, after };
}

function validateAttributesClass(next: PersistentVolumeClaim, old: PersistentVolumeClaim): FieldError[] {
  const name = next.spec.volumeAttributesClassName;
  const has = old.status?.currentVolumeAttributesClassName !== undefined;
  if (name === old.spec.volumeAttributesClassName || !has || name) return [];
  const what = name === undefined ? 'nil' : 'empty string';
  return [
    forbiddenField(
      'spec.volumeAttributesClassName',
      `update to ${what} is forbidden when status.currentVolumeAttributesClassName is not nil`,
    ),
  ];
}

const resizeStates = [
  'ControllerResizeInProgress',
  'ControllerResizeInfeasible',
  'NodeResizeInProgress',
  'NodeResizeInfeasible',
  'NodeResizePending',
];

function validateStatus({ spec, status = {} }: PersistentVolumeClaim): FieldError[] {
  const errors: FieldError[] = spec.accessModes?.length ? [] : [required('Spec.accessModes')];
  errors.push(...validateBasicAmounts(status.capacity, 'status.capacity'));
  for (const [name, state] of Object.entries(status.allocatedResourceStatuses ?? {})) {
    errors.push(...validateKey(name, 'status.allocatedResourceStatuses'));
    if (!resizeStates.includes(state))
      errors.push(notSupported('status.allocatedResourceStatuses', name, [...resizeStates].sort()));
  }
  for (const name of Object.keys(status.allocatedResources ?? {}))
    errors.push(...validateKey(name, 'status.allocatedResources'));
  return [...errors, ...validateBasicAmounts(status.allocatedResources, 'status.allocatedResources')];
}

function validateKey(name: string, path: string): FieldError[] {
  const errors = qualifiedName(name).map((message) => invalidValue(path, name, message));
  if (errors.length > 0) return errors;
  return isNative(name) && name !== 'storage' ? [notSupported(path, name, ['storage'])] : [];
}
