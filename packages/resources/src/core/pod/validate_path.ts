import { type FieldError, invalidValue } from '@kubets/api';

export function validateNoBacksteps(value: string, path: string): FieldError[] {
  return value.split('/').includes('..') ? [invalidValue(path, value, "must not contain '..'")] : [];
}

/** Stays below the folder that it is relative to. */
export function validateDescendingPath(value: string, path: string): FieldError[] {
  return [
    ...(value.startsWith('/') ? [invalidValue(path, value, 'must be a relative path')] : []),
    ...validateNoBacksteps(value, path),
  ];
}

/** Names that begin with `..` are the kubelet's own, for atomic updates of volumes. */
export function validateProjectedPath(value: string, path: string): FieldError[] {
  return [
    ...validateDescendingPath(value, path),
    ...(value.startsWith('..') && !value.startsWith('../')
      ? [invalidValue(path, value, "must not start with '..'")]
      : []),
  ];
}

/** Permission bits: nine, no more. */
export function validateFileMode(mode: number | undefined, path: string): FieldError[] {
  return mode !== undefined && (mode < 0 || mode > 0o777)
    ? [invalidValue(path, mode, 'must be a number between 0 and 0777 (octal), both inclusive')]
    : [];
}
