// What apply knows of a value's type: how its lists and maps are merged (KEP-555, structured-merge-diff's schema).

import { typeSchema } from '../schema/find_type.ts';
import type { FieldSchema, SpecialType } from '../schema.ts';
import { elementKey } from './fields_text.ts';
import { fieldElement, type KeyValue, type PathElement } from './path_element.ts';

/** A value may be of any of the forms that are there; most types have one. */
export interface ApplyType {
  scalar?: 'string' | 'numeric' | 'boolean' | 'untyped';
  list?: ListForm;
  map?: MapForm;
}

export interface ListForm {
  /** Owned and replaced as one. */
  atomic: boolean;
  /** Of a list that isn't atomic: names of the fields that make items the same; none for a set of scalars. */
  keys: readonly string[];
  item: () => ApplyType;
}

export interface MapForm {
  /** Owned and replaced as one. */
  atomic: boolean;
  fields: ReadonlyMap<string, ApplyField>;
  /** Names of those that are `nullWhenAbsent`. */
  nulls?: readonly string[];
  /** The type of fields that aren't listed; undefined where there may be none. */
  others: (() => ApplyType) | undefined;
}

export interface ApplyField {
  /** `f:` and the name. */
  element: PathElement;
  /** `"f:name":`, as JSON text begins a field. */
  key: string;
  type: () => ApplyType;
  /** What the field is when an item of a keyed list doesn't have it. */
  default?: KeyValue;
  /** Upstream's Go struct writes null where the field isn't set, so that it is never added or removed as such. */
  nullWhenAbsent?: boolean;
}

const noFields: ReadonlyMap<string, ApplyField> = new Map();

/** Anything, owned as one. */
export const atomicType: ApplyType = {
  scalar: 'untyped',
  list: { atomic: true, keys: [], item: () => atomicType },
  map: { atomic: true, fields: noFields, others: () => atomicType },
};

/** Anything; maps are merged, lists are owned as one. */
export const deducedType: ApplyType = {
  scalar: 'untyped',
  list: { atomic: true, keys: [], item: () => atomicType },
  map: { atomic: false, fields: noFields, others: () => deducedType },
};

const stringType: ApplyType = { scalar: 'string' };
const numericType: ApplyType = { scalar: 'numeric' };
const booleanType: ApplyType = { scalar: 'boolean' };
const untypedScalar: ApplyType = { scalar: 'untyped' };
const stringList: ApplyType = { list: { atomic: true, keys: [], item: () => stringType } };
const freeMap: ApplyType = { map: { atomic: false, fields: noFields, others: () => deducedType } };

const compiled = new Map<string, ApplyType>();

/** The type of a built-in kind or of a part of one, by its short name. */
export function applyTypeOf(name: string): ApplyType {
  let type = compiled.get(name);
  if (!type) {
    type = compile(name);
    compiled.set(name, type);
  }
  return type;
}

function compile(name: string): ApplyType {
  const schema = typeSchema(name);
  if (!schema) throw new Error(`no type ${name}`);
  if (schema.special) return specialType(schema.special);
  const fields = new Map<string, ApplyField>();
  const nulls: string[] = [];
  for (const [key, row] of Object.entries(schema.fields ?? {})) {
    const nullWhenAbsent = isNullWhenAbsent(key, row);
    fields.set(
      key,
      applyField(
        key,
        lazy(() => fieldType(row)),
        { ...(nullWhenAbsent && { nullWhenAbsent }), ...defaultOf(row) },
      ),
    );
    if (nullWhenAbsent) nulls.push(key);
  }
  // The schema of a type without fields says nothing about what may be in it.
  return {
    map: {
      atomic: schema.atomic ?? false,
      fields,
      ...(nulls.length && { nulls }),
      others: fields.size ? undefined : () => deducedType,
    },
  };
}

export function applyField(
  name: string,
  type: () => ApplyType,
  more: Pick<ApplyField, 'default' | 'nullWhenAbsent'> = {},
): ApplyField {
  const element = fieldElement(name);
  return { element, key: elementKey(element), type, ...more };
}

// The time of an object's creation is left out where it isn't set (`omitzero`).
function isNullWhenAbsent(key: string, row: FieldSchema): boolean {
  if (row.keep && (row.list || row.map || row.ptr)) return true;
  if (row.ptr || key === 'creationTimestamp') return false;
  const special = row.list || row.map ? undefined : typeSchema(row.type)?.special;
  return special === 'time' || special === 'microTime' || special === 'raw';
}

function fieldType(row: FieldSchema): ApplyType {
  const value = () => (row.listValues && !isStringList(row.type) ? stringList : valueType(row.type));
  if (row.list) return { list: { atomic: row.list === 'atomic', keys: row.keys ?? [], item: lazy(value) } };
  if (row.map) return { map: { atomic: row.atomic ?? false, fields: noFields, others: lazy(value) } };
  const type = value();
  if (row.atomic === undefined || !type.map || type.map.atomic === row.atomic) return type;
  return { ...type, map: { ...type.map, atomic: row.atomic } };
}

function valueType(name: string): ApplyType {
  switch (name) {
    case 'string':
    case 'bytes':
      return stringType;
    case 'bool':
      return booleanType;
    case 'int32':
    case 'int64':
    case 'double':
      return numericType;
    default:
      return applyTypeOf(name);
  }
}

function specialType(special: SpecialType): ApplyType {
  switch (special) {
    case 'quantity':
    case 'intOrString':
    case 'time':
    case 'microTime':
      return untypedScalar;
    case 'duration':
      return stringType;
    case 'stringList':
      return stringList;
    case 'fieldsV1':
      return freeMap;
    case 'raw':
      return atomicType;
    default:
      return deducedType;
  }
}

function isStringList(name: string): boolean {
  return typeSchema(name)?.special === 'stringList';
}

// OpenAPI states the empty value as the default of every scalar that is always written.
function defaultOf(row: FieldSchema): { default?: KeyValue } {
  if (row.default !== undefined) return { default: row.default as KeyValue };
  if (!row.keep || row.list || row.map || row.ptr) return {};
  switch (row.type) {
    case 'string':
      return { default: '' };
    case 'bool':
      return { default: false };
    case 'int32':
    case 'int64':
      return { default: 0 };
    default:
      return {};
  }
}

// Types refer to themselves, and most parts of most types are never met.
export function lazy(make: () => ApplyType): () => ApplyType {
  let made: ApplyType | undefined;
  return () => (made ??= make());
}
