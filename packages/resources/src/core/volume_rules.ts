// What volumes, claims and templates of claims share.
import { type FieldError, forbiddenField, invalidValue, notSupported, required, tooLong } from '@kubets/api';
import { dns1123Label, dns1123Subdomain } from '../rules/names.ts';

export const accessModes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];
export const volumeModes = ['Block', 'Filesystem'];

export function validateAccessModes(modes: string[] = [], path: string): FieldError[] {
  const errors = modes
    .filter((mode) => !accessModes.includes(mode))
    .map((mode) => notSupported(path, mode, accessModes));
  const alone = modes.includes('ReadWriteOncePod');
  if (alone && modes.some((mode) => mode !== 'ReadWriteOncePod' && accessModes.includes(mode)))
    errors.push(forbiddenField(path, 'may not use ReadWriteOncePod with other access modes'));
  return errors;
}

export function validateClassName(name: string | undefined, path: string): FieldError[] {
  return name ? dns1123Subdomain(name).map((message) => invalidValue(path, name, message)) : [];
}

export function validateCsiDriverName(name: string, path: string): FieldError[] {
  if (!name) return [required(path)];
  return [
    ...(name.length > 63 ? [tooLong(path, undefined, 63)] : []),
    ...dns1123Subdomain(name.toLowerCase()).map((message) => invalidValue(path, name, message)),
  ];
}

/** Secrets that PersistentVolumes name stand in any namespace, so both parts must be said. */
export function validateSecretReference(
  reference: { name?: string; namespace?: string } | undefined,
  path: string,
): FieldError[] {
  if (!reference) return [];
  const { name, namespace } = reference;
  return [
    ...(name
      ? dns1123Subdomain(name).map((message) => invalidValue(`${path}.name`, name, message))
      : [required(`${path}.name`)]),
    ...(namespace
      ? dns1123Label(namespace).map((message) => invalidValue(`${path}.namespace`, namespace, message))
      : [required(`${path}.namespace`)]),
  ];
}

const shortModes: [mode: string, short: string][] = [
  ['ReadWriteOnce', 'RWO'],
  ['ReadOnlyMany', 'ROX'],
  ['ReadWriteMany', 'RWX'],
  ['ReadWriteOncePod', 'RWOP'],
];

export function accessModesText(modes: string[] = []): string {
  return shortModes
    .filter(([mode]) => modes.includes(mode))
    .map(([, short]) => short)
    .join(',');
}

/** Phase of a volume or a claim, as tables show it. */
export function phaseText(object: {
  metadata: { deletionTimestamp?: string };
  status?: { phase?: string };
}): string {
  return object.metadata.deletionTimestamp ? 'Terminating' : (object.status?.phase ?? '');
}
