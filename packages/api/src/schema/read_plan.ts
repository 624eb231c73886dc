// Type tables compiled for reading JSON: what upstream's generated Go structs know of each field.
import type { FieldSchema, SpecialType } from '../schema.ts';
import { typeSchema } from './find_type.ts';

export interface ReadField {
  key: string;
  /** A scalar's name, `special`, or `object`. */
  kind: 'string' | 'int' | 'bool' | 'double' | 'bytes' | 'special' | 'object';
  shape: 'single' | 'list' | 'map';
  special: SpecialType | undefined;
  /** The name in the tables: `int32`, `core.v1.Container`. */
  type: string;
  /** Empty values are left out of JSON: `omitempty`, and no pointer. */
  dropEmpty: boolean;
  /** How Go's decoder calls the way to it: `port`, or `ProbeHandler.exec` in a struct that is embedded. */
  goKey: string;
  /** The Go type of the field and of one value of it, where it is a named one. */
  goType: string | undefined;
  goItem: string | undefined;
}

export interface ReadPlan {
  /** What Go calls the struct, without its package. */
  goName: string;
  fields: ReadonlyMap<string, ReadField>;
  /** Written in JSON even when the object doesn't have them, with what Go writes. */
  filled: readonly { key: string; empty: () => unknown }[];
}

const plans = new Map<string, ReadPlan>();

/** The plan of a type by its short name. Throws for a type that isn't there: a bug of the caller. */
export function readPlan(type: string): ReadPlan {
  let plan = plans.get(type);
  if (!plan) {
    plan = compile(type);
    plans.set(type, plan);
  }
  return plan;
}

/** Go's zero value of a list item or a map value. */
export function emptyItem(field: ReadField): unknown {
  switch (field.kind) {
    case 'object':
      return emptyObject(field.type);
    case 'special':
      return field.special === 'quantity' ? '0' : field.special === 'intOrString' ? 0 : null;
    case 'string':
    case 'bytes':
      return '';
    case 'bool':
      return false;
    default:
      return 0;
  }
}

/** What Go writes for a struct in which nothing is set, kind and nulls left out. */
export function emptyObject(type: string): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const { key, empty } of readPlan(type).filled) object[key] = empty();
  return object;
}

function compile(type: string): ReadPlan {
  const schema = typeSchema(type);
  if (!schema || schema.special) throw new Error(`no fields are known of type ${type}`);
  const fields = new Map<string, ReadField>();
  const filled: { key: string; empty: () => unknown }[] = [];
  // OpenAPI shows the fields of inlined structs as the type's own; only the inner type knows which are pointers.
  const inlined = (schema.inline ?? []).map(({ type: inner }) => readPlan(inner));
  for (const [key, row] of Object.entries(schema.fields ?? {})) {
    if (inlined.some((plan) => plan.fields.has(key))) continue;
    const field = readField(key, row);
    fields.set(key, field);
    if (row.ptr || field.shape !== 'single') continue;
    if (schema.gvk && (key === 'apiVersion' || key === 'kind')) continue;
    if (isStruct(field) || (row.keep && field.kind !== 'bytes' && field.kind !== 'special')) {
      filled.push({ key, empty: () => emptyItem(field) });
    }
  }
  for (const plan of inlined) {
    for (const [key, field] of plan.fields)
      fields.set(key, { ...field, goKey: `${plan.goName}.${field.goKey}` });
    filled.push(...plan.filled);
  }
  return { goName: type.slice(type.lastIndexOf('.') + 1), fields, filled };
}

function readField(key: string, row: FieldSchema): ReadField {
  const special = typeSchema(row.type)?.special;
  const shape = row.map ? 'map' : row.list ? 'list' : 'single';
  const field: ReadField = {
    key,
    kind: kindOf(row.type, special),
    shape,
    special,
    type: row.type,
    dropEmpty: false,
    goKey: key,
    goType: row.go,
    goItem: shape === 'single' ? row.go : row.go && itemOf(row.go),
  };
  // An empty list of managed fields is an order to forget them, so it must get through.
  const meansSomething = row.type === 'meta.v1.ManagedFieldsEntry';
  field.dropEmpty = !row.ptr && !row.keep && !(shape === 'single' && isStruct(field)) && !meansSomething;
  return field;
}

// A list or map with a name of its own doesn't say what it holds.
function itemOf(goType: string): string | undefined {
  return /^(?:\[\]|map\[[^\]]*\])(?=[^\]]*\.)(?!u?int|string|bool)(.+)$/.exec(goType)?.[1];
}

function kindOf(type: string, special: SpecialType | undefined): ReadField['kind'] {
  switch (type) {
    case 'string':
    case 'bool':
    case 'bytes':
    case 'double':
      return type;
    case 'int32':
    case 'int64':
    case 'uint32':
    case 'uint64':
      return 'int';
    default:
      return special ? 'special' : 'object';
  }
}

// `omitempty` doesn't keep encoding/json from writing these.
function isStruct({ kind, special }: Pick<ReadField, 'kind' | 'special'>): boolean {
  return kind === 'object' || special === 'quantity' || special === 'intOrString';
}
