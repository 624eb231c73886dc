// Files that ConfigMaps, Secrets and the downward API put into a volume.
import {
  type DownwardAPIVolumeFile,
  type FieldError,
  invalidValue,
  type KeyToPath,
  required,
} from '@kubets/api';
import { validateFieldRef, validateResourceFieldRef, volumeFields } from './validate_env.ts';
import { validateFileMode, validateProjectedPath } from './validate_path.ts';

export function validateItems(items: KeyToPath[] = [], path: string): FieldError[] {
  return items.flatMap((item, i) => [
    ...(item.key ? [] : [required(`${path}[${i}].key`)]),
    ...(item.path ? [] : [required(`${path}[${i}].path`)]),
    ...validateProjectedPath(item.path ?? '', `${path}[${i}].path`),
    ...validateFileMode(item.mode, `${path}[${i}].mode`),
  ]);
}

export function validateDownwardFile(file: DownwardAPIVolumeFile, path: string): FieldError[] {
  const errors = file.path ? [] : [required(`${path}.path`)];
  errors.push(...validateProjectedPath(file.path ?? '', `${path}.path`));
  const { fieldRef, resourceFieldRef } = file;
  if (fieldRef) {
    errors.push(...validateFieldRef(fieldRef, volumeFields, `${path}.fieldRef`));
    if (resourceFieldRef)
      errors.push(
        invalidValue(path, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously'),
      );
  } else if (resourceFieldRef)
    errors.push(...validateResourceFieldRef(resourceFieldRef, `${path}.resourceFieldRef`, true));
  else errors.push(required(path, 'one of fieldRef and resourceFieldRef is required'));
  return [...errors, ...validateFileMode(file.mode, `${path}.mode`)];
}
