// The spec of a PersistentVolume: of its own, or written into a VolumeAttachment for a volume of the old kind that a
// CSI driver has taken over, where less may be said.
import {
  type FieldError,
  forbiddenField,
  notSupported,
  type PersistentVolumeSpec,
  required,
} from '@kubets/api';
import { validateGreaterThanZero } from '../rules/quantities.ts';
import { validateBasicAmounts } from './persistent_volume_claim_rules.ts';
import { validateRecycle, validateSource } from './persistent_volume_source.ts';
import { validateNodeSelector } from './pod/validate_affinity.ts';
import { validateAccessModes, validateClassName, volumeModes } from './volume_rules.ts';

export interface VolumeSpecOptions {
  /** Name of the volume; none where it is inline. */
  volumeName: string;
  inline: boolean;
}

const notInline = 'may not be specified in the context of inline volumes';

export function validateVolumeSpec(
  spec: PersistentVolumeSpec,
  path: string,
  options: VolumeSpecOptions,
): FieldError[] {
  const { nodeAffinity } = spec;
  const errors: FieldError[] = options.inline ? validateInline(spec, path) : [];
  if (!spec.accessModes?.length) errors.push(required(`${path}.accessModes`));
  errors.push(...validateAccessModes(spec.accessModes, `${path}.accessModes`));
  if (!options.inline) errors.push(...validateCapacity(spec.capacity, `${path}.capacity`));
  errors.push(...validatePolicy(spec, path, options));
  if (nodeAffinity && options.inline) errors.push(forbiddenField(`${path}.nodeAffinity`, notInline));
  else if (nodeAffinity?.required)
    errors.push(...validateNodeSelector(nodeAffinity.required, `${path}.nodeAffinity.required`));
  else if (nodeAffinity)
    errors.push(required(`${path}.nodeAffinity.required`, 'must specify required node constraints'));
  errors.push(...validateSource(spec, path, options.volumeName), ...validateRecycle(spec, path));
  return [...errors, ...validateClass(spec, path, options), ...validateAttributes(spec, path, options)];
}

function validateInline(spec: PersistentVolumeSpec, path: string): FieldError[] {
  return [
    ...(spec.claimRef ? [forbiddenField(`${path}.claimRef`, notInline)] : []),
    ...(Object.keys(spec.capacity ?? {}).length ? [forbiddenField(`${path}.capacity`, notInline)] : []),
    ...(spec.csi ? [] : [required(`${path}.csi`, 'has to be specified in the context of inline volumes')]),
  ];
}

function validateCapacity(capacity: PersistentVolumeSpec['capacity'], path: string): FieldError[] {
  const amounts = Object.entries(capacity ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  const errors: FieldError[] = amounts.length > 0 ? [] : [required(path)];
  if (amounts.length !== 1 || amounts[0]![0] !== 'storage')
    errors.push(notSupported(path, capacity ? Object.fromEntries(amounts) : null, ['storage']));
  for (const [name, amount] of amounts)
    errors.push(
      ...validateBasicAmounts({ [name]: amount }, path),
      ...validateGreaterThanZero(amount, `${path}[${name}]`),
    );
  return errors;
}

const policies = ['Delete', 'Recycle', 'Retain'];

function validatePolicy(
  spec: PersistentVolumeSpec,
  path: string,
  { inline }: VolumeSpecOptions,
): FieldError[] {
  const policy = spec.persistentVolumeReclaimPolicy;
  const at = `${path}.persistentVolumeReclaimPolicy`;
  if (!policy) return [];
  if (inline)
    return policy === 'Retain'
      ? []
      : [forbiddenField(at, 'may only be Retain in the context of inline volumes')];
  return policies.includes(policy) ? [] : [notSupported(at, policy, policies)];
}

function validateClass(
  spec: PersistentVolumeSpec,
  path: string,
  { inline }: VolumeSpecOptions,
): FieldError[] {
  const { storageClassName, volumeMode } = spec;
  const errors: FieldError[] = [];
  if (storageClassName && inline) errors.push(forbiddenField(`${path}.storageClassName`, notInline));
  else errors.push(...validateClassName(storageClassName, `${path}.storageClassName`));
  if (volumeMode === undefined) return errors;
  const at = `${path}.volumeMode`;
  if (inline && volumeMode !== 'Filesystem')
    errors.push(
      forbiddenField(at, 'may not specify volumeMode other than Filesystem in the context of inline volumes'),
    );
  else if (!inline && !volumeModes.includes(volumeMode))
    errors.push(notSupported(at, volumeMode, volumeModes));
  return errors;
}

function validateAttributes(
  spec: PersistentVolumeSpec,
  path: string,
  { inline }: VolumeSpecOptions,
): FieldError[] {
  const name = spec.volumeAttributesClassName;
  if (name === undefined || inline) return [];
  const at = `${path}.volumeAttributesClassName`;
  return [
    ...(name ? validateClassName(name, at) : [required(at, 'an empty string is disallowed')]),
    ...(spec.csi
      ? []
      : [required(`${path}.csi`, 'has to be specified when using volumeAttributesClassName')]),
  ];
}
