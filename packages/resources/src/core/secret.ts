import {
  decodeBase64,
  type FieldError,
  invalidValue,
  jsonSyntaxError,
  required,
  type Secret,
  tooLong,
} from '@kubets/api';
import { define } from '../define.ts';
import { immutableText } from '../rules/labels.ts';
import { columnsOf, textColumn } from '../table/columns.ts';
import { decodedLength, maxDataBytes, validateDataKey, validateUnchanged } from './config_map.ts';
import { coreKind } from './core_kinds.ts';
import { warnOfTlsPair } from './tls_warnings.ts';

export const secret = define<Secret>({
  id: coreKind('secrets', 'Secret'),
  scope: 'Namespaced',
  columns: columnsOf<Secret>(
    textColumn('Type', 'What the data is for.', ({ type }) => type),
    textColumn('Data', 'How many entries it has.', ({ data }) => Object.keys(data ?? {}).length),
  ),
  defaults(object) {
    object.type ||= 'Opaque';
    takeStringData(object);
  },
  prepareUpdate(next, old) {
    next.type ||= old.type;
  },
  validate: validateSecret,
  warnings: ({ type, data }) =>
    type === 'kubernetes.io/tls' ? warnOfTlsPair(data?.['tls.crt'], data?.['tls.key']) : [],
  updateRules: 'first',
  validateUpdate: (next, old) => [
    ...(next.type === old.type ? [] : [invalidValue('type', next.type ?? '', immutableText)]),
    ...(old.immutable ? validateUnchanged(next, old, ['data']) : []),
  ],
  selectableFields: { type: ({ type }) => type ?? '' },
});

/** `stringData` is only for writing: it becomes data, in place of what stands there. */
function takeStringData(object: Secret): void {
  for (const [key, value] of Object.entries(object.stringData ?? {}))
    (object.data ??= {})[key] = base64Of(new TextEncoder().encode(value));
  delete object.stringData;
}

function base64Of(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

function validateSecret(object: Secret): FieldError[] {
  const data = object.data ?? {};
  const errors: FieldError[] = [];
  let bytes = 0;
  for (const [key, value] of Object.entries(data)) {
    errors.push(...validateDataKey(key, `data[${key}]`));
    bytes += decodedLength(value);
  }
  if (bytes > maxDataBytes) errors.push(tooLong('data', undefined, maxDataBytes));
  return [...errors, ...validateOfType(object, data)];
}

const accountAnnotation = 'kubernetes.io/service-account.name';

function validateOfType(object: Secret, data: Record<string, string>): FieldError[] {
  const missing = (...keys: string[]) =>
    keys.filter((key) => !(key in data)).map((key) => required(`data[${key}]`));
  switch (object.type) {
    case 'kubernetes.io/service-account-token':
      return object.metadata.annotations?.[accountAnnotation]
        ? []
        : [required(`metadata.annotations[${accountAnnotation}]`)];
    case 'kubernetes.io/dockercfg':
      return [...missing('.dockercfg'), ...validateJson(data, '.dockercfg')];
    case 'kubernetes.io/dockerconfigjson':
      return [...missing('.dockerconfigjson'), ...validateJson(data, '.dockerconfigjson')];
    case 'kubernetes.io/basic-auth': {
      const errors = missing('username', 'password');
      return errors.length === 2 ? errors : [];
    }
    case 'kubernetes.io/ssh-auth':
      return data['ssh-privatekey'] ? [] : [required('data[ssh-privatekey]')];
    case 'kubernetes.io/tls':
      return missing('tls.crt', 'tls.key');
    default:
      return [];
  }
}

function validateJson(data: Record<string, string>, key: string): FieldError[] {
  if (data[key] === undefined) return [];
  const bytes = decodeBase64(data[key]) ?? new Uint8Array();
  const wrong = (message: string) => [invalidValue(`data[${key}]`, redacted, message)];
  try {
    const value = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof value === 'object' && !Array.isArray(value)) return [];
    const kind = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
    return wrong(`json: cannot unmarshal ${kind} into Go value of type map[string]interface {}`);
  } catch {
    return wrong(jsonSyntaxError(bytes) ?? 'exceeded max depth');
  }
}

const redacted = '<secret contents redacted>';
