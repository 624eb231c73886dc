import { type ConfigMap, type FieldError, forbiddenField, invalidValue, tooLong } from '@kubets/api';
import { define } from '../define.ts';
import { sameValue } from '../rules/equality.ts';
import { byteLength } from '../rules/labels.ts';
import { configMapKey } from '../rules/names.ts';
import { columnsOf, textColumn } from '../table/columns.ts';
import { coreKind } from './core_kinds.ts';

/** The most that one ConfigMap or Secret holds: 1 MiB. */
export const maxDataBytes = 1_048_576;

export const configMap = define<ConfigMap>({
  id: coreKind('configmaps', 'ConfigMap', { shortNames: ['cm'] }),
  scope: 'Namespaced',
  columns: columnsOf<ConfigMap>({
    ...textColumn(
      'Data',
      'How many entries it has.',
      ({ data, binaryData }) => Object.keys(data ?? {}).length + Object.keys(binaryData ?? {}).length,
    ),
  }),
  validate: validateConfigMap,
  updateRules: 'first',
  validateUpdate: (next, old) => (old.immutable ? validateUnchanged(next, old, ['data', 'binaryData']) : []),
});

function validateConfigMap({ data = {}, binaryData = {} }: ConfigMap): FieldError[] {
  const errors: FieldError[] = [];
  let bytes = 0;
  for (const [key, value] of Object.entries(data)) {
    errors.push(...validateDataKey(key, `data[${key}]`));
    if (Object.hasOwn(binaryData, key))
      errors.push(invalidValue(`data[${key}]`, key, 'duplicate of key present in binaryData'));
    bytes += byteLength(value);
  }
  for (const [key, value] of Object.entries(binaryData)) {
    errors.push(...validateDataKey(key, `binaryData[${key}]`));
    bytes += decodedLength(value);
  }
  if (bytes > maxDataBytes) errors.push(tooLong('[]', undefined, maxDataBytes));
  return errors;
}

export function validateDataKey(key: string, path: string): FieldError[] {
  return configMapKey(key).map((message) => invalidValue(path, key, message));
}

/** Bytes that base64 text stands for. */
export function decodedLength(base64: string): number {
  return Math.floor((base64.replace(/=+$/, '').length * 3) / 4);
}

/** What an immutable ConfigMap or Secret forbids: to become mutable again, and other data. */
export function validateUnchanged<T extends { immutable?: boolean }>(
  next: T,
  old: T,
  fields: (keyof T & string)[],
): FieldError[] {
  const message = 'field is immutable when `immutable` is set';
  return [
    ...(next.immutable ? [] : [forbiddenField('immutable', message)]),
    ...fields
      .filter((field) => !sameValue(next[field] ?? {}, old[field] ?? {}))
      .map((field) => forbiddenField(field, message)),
  ];
}
