import { type FieldError, invalidValue, required, tooLong } from '@kubets/api';
import { byteLength } from '../rules/labels.ts';
import { qualifiedName } from '../rules/names.ts';

/** The name of a driver, whatever its case. */
export function validateProvisioner(name: string | undefined, path: string): FieldError[] {
  if (!name) return [required(path)];
  return qualifiedName(name.toLowerCase()).map((message) => invalidValue(path, name.toLowerCase(), message));
}

const maxEntries = 512;
const maxBytes = 256 * 1024;

/** What a class tells its driver. */
export function validateParameters(parameters: Record<string, string> = {}, path: string): FieldError[] {
  const entries = Object.entries(parameters);
  if (entries.length > maxEntries) return [tooLong(path, undefined, maxEntries)];
  const bytes = entries.reduce((sum, [key, value]) => sum + byteLength(key) + byteLength(value), 0);
  return [
    ...('' in parameters ? [invalidValue(path, '', 'field can not be empty.')] : []),
    ...(bytes > maxBytes ? [tooLong(path, undefined, maxBytes)] : []),
  ];
}
