// How upstream's messages show a struct: as JSON of its internal type, which has no tags, so every field is there
// under its Go name, in the order of declaration.
import { type FieldSchema, type PodSpec, typeSchema } from '@kubets/api';
import { goStructLines } from './go_struct_fields.ts';

interface GoField {
  name: string;
  json: string;
  schema: FieldSchema;
}

/** An object whose JSON is that of the Go struct. `type` is the name of the API's type, e.g. `core.v1.PodSpec`. */
export function goStruct(value: object | undefined, type: string): unknown {
  if (value === undefined) return null;
  const fields = goFields(type);
  if (!fields) return taggedStruct(value as Record<string, unknown>, type);
  const source = (type === 'core.v1.PodSpec' ? withHostFields(value as PodSpec) : value) as Record<
    string,
    unknown
  >;
  const shown: Record<string, unknown> = {};
  for (const { name, json, schema } of fields)
    if (name === '<metadata') Object.assign(shown, goStruct(source.metadata ?? {}, 'meta.v1.ObjectMeta'));
    else shown[name] = goValue(source[json], schema);
  return shown;
}

/** A list of structs of one type. */
export function goStructs(values: readonly object[] | undefined, type: string): unknown {
  return values === undefined ? null : values.map((value) => goStruct(value, type));
}

const escaped = /[<>&\u2028\u2029]/g;

/** encoding/json keeps HTML out of strings. */
export function goJsonEscapes(json: string): string {
  return json.replace(escaped, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function goValue(value: unknown, schema: FieldSchema): unknown {
  const { type } = schema;
  if (schema.list) return value == null ? null : (value as unknown[]).map((item) => goItem(item, type));
  if (schema.map) return value == null ? null : sortedMap(value as Record<string, unknown>, type);
  if (value == null) return schema.ptr ? null : zero(type);
  return goItem(value, type);
}

function goItem(value: unknown, type: string): unknown {
  return isStruct(type) && typeof value === 'object' ? goStruct(value as object, type) : value;
}

/** Maps are written with their keys in order. */
export function sortedMap(map: Record<string, unknown>, type = 'string'): Record<string, unknown> {
  return Object.fromEntries(
    Object.keys(map)
      .sort()
      .map((key) => [key, goItem(map[key], type)]),
  );
}

function zero(type: string): unknown {
  if (isStruct(type)) return goStruct({}, type);
  const special = typeSchema(type)?.special;
  if (special) return special === 'quantity' ? '0' : special === 'intOrString' ? 0 : null;
  if (type === 'bool') return false;
  return type === 'string' ? '' : 0;
}

function isStruct(type: string): boolean {
  const schema = typeSchema(type);
  return schema !== undefined && !schema.special;
}

/** Types of meta/v1 are the API's own: tags, `omitempty`, fields in the order of their numbers. */
function taggedStruct(value: Record<string, unknown>, type: string): Record<string, unknown> {
  const fields = Object.entries(typeSchema(type)?.fields ?? {}).sort(
    ([, a], [, b]) => (a.n ?? 0) - (b.n ?? 0),
  );
  const shown: Record<string, unknown> = {};
  for (const [name, schema] of fields) {
    const inner = value[name];
    const empty =
      inner == null ||
      inner === '' ||
      ((schema.list || schema.map) && Object.keys(inner as object).length === 0);
    if (!empty || schema.keep) shown[name] = goValue(inner, schema);
  }
  return shown;
}

/** Inside, the namespaces that a pod shares with its host are part of its security context. */
function withHostFields(spec: PodSpec): PodSpec {
  const { hostNetwork, hostPID, hostIPC, shareProcessNamespace, hostUsers, securityContext } = spec;
  const host = { hostNetwork, hostPID, hostIPC, shareProcessNamespace, hostUsers };
  return { ...spec, securityContext: { ...securityContext, ...host } as PodSpec['securityContext'] };
}

const hostFields: Record<string, FieldSchema> = {
  hostNetwork: { type: 'bool' },
  hostPID: { type: 'bool' },
  hostIPC: { type: 'bool' },
  shareProcessNamespace: { type: 'bool', ptr: true },
  hostUsers: { type: 'bool', ptr: true },
};

const lines = new Map<string, string>();
const compiled = new Map<string, GoField[]>();

function goFields(type: string): GoField[] | undefined {
  if (lines.size === 0)
    for (const line of goStructLines.trim().split('\n'))
      lines.set(line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1));
  const line = lines.get(type);
  if (line === undefined) return undefined;
  let fields = compiled.get(type);
  if (!fields) {
    fields = compile(line, type);
    compiled.set(type, fields);
  }
  return fields;
}

function compile(line: string, type: string): GoField[] {
  const schemas = allFields(type);
  const byLowerCase = new Map(Object.keys(schemas).map((json) => [json.toLowerCase(), json]));
  return line.split(' ').map((word) => {
    const [marked, renamed] = word.split('=') as [string, string | undefined];
    const name = marked.replace('*', '');
    const json = renamed ?? byLowerCase.get(name.toLowerCase()) ?? '';
    const schema = schemas[json] ?? { type: 'string' };
    return { name, json, schema: marked.startsWith('*') ? { ...schema, ptr: true } : schema };
  });
}

function allFields(type: string): Record<string, FieldSchema> {
  const schema = typeSchema(type);
  const inlined = (schema?.inline ?? []).map((inner) => allFields(inner.type));
  const moved = type === 'core.v1.PodSecurityContext' ? hostFields : {};
  return Object.assign({}, schema?.fields, ...inlined, moved);
}
