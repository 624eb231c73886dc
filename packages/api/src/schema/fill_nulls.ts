// Go writes null for lists and maps that aren't set and have no `omitempty`, and for times and raw JSON without a
// pointer. Objects here don't have such fields: null is put in where an object becomes text, and taken out again.
import type { FieldSchema } from '../schema.ts';
import { typeSchema } from './find_type.ts';

/** Where nulls may have to be written in objects of a type. */
export interface NullPlan {
  readonly own: readonly { key: string; kind: 'list' | 'map' | 'value' }[];
  readonly below: readonly { key: string; shape: 'single' | 'list' | 'map'; plan: NullPlan }[];
}

type Fields = Record<string, unknown>;

const plans = new Map<string, NullPlan | undefined>();

/** Undefined for a type that never has nulls, or of which nothing is known. */
export function nullPlan(type: string | undefined): NullPlan | undefined {
  if (type === undefined) return undefined;
  if (!plans.has(type)) plans.set(type, compile(type, new Set()));
  return plans.get(type);
}

/** The object with its nulls; itself where it has none to write. Empty lists and maps are null there, too. */
export function fillNulls<T extends object>(plan: NullPlan, object: T): T {
  return rewrite(plan, object, null);
}

/** The object without the empty lists and maps that are null once it is stored; itself where it has none. */
export function dropEmpties<T extends object>(plan: NullPlan, object: T): T {
  return rewrite(plan, object, undefined);
}

/** Takes the nulls of `fillNulls` out of a fresh object: lists and maps are empty, for whoever walks over them. */
export function dropNulls(plan: NullPlan, object: object): void {
  const fields = object as Fields;
  for (const { key, kind } of plan.own) {
    if (fields[key] !== null) continue;
    if (kind === 'value') delete fields[key];
    else fields[key] = kind === 'list' ? [] : {};
  }
  for (const { key, shape, plan: inner } of plan.below) {
    const value = fields[key];
    if (typeof value !== 'object' || value === null) continue;
    for (const each of shape === 'single' ? [value] : Object.values(value)) {
      if (typeof each === 'object' && each !== null) dropNulls(inner, each);
    }
  }
}

function rewrite<T extends object>(plan: NullPlan, object: T, nothing: null | undefined): T {
  const source = object as Fields;
  let changed: Fields | undefined;
  for (const { key, kind } of plan.own) {
    const value = source[key];
    if (value === nothing || (value !== undefined && (kind === 'value' || !isEmpty(value)))) continue;
    changed ??= { ...source };
    if (nothing === null) changed[key] = null;
    else delete changed[key];
  }
  for (const { key, shape, plan: inner } of plan.below) {
    const value = source[key];
    if (typeof value !== 'object' || value === null) continue;
    const next = shape === 'single' ? rewrite(inner, value, nothing) : rewriteValues(inner, value, nothing);
    if (next === value) continue;
    changed ??= { ...source };
    changed[key] = next;
  }
  return (changed ?? object) as T;
}

// Of a list or a map.
function rewriteValues(plan: NullPlan, values: object, nothing: null | undefined): object {
  let changed: any;
  for (const [key, value] of Object.entries(values)) {
    if (typeof value !== 'object' || value === null) continue;
    const next = rewrite(plan, value, nothing);
    if (next === value) continue;
    changed ??= Array.isArray(values) ? values.slice() : { ...values };
    changed[key] = next;
  }
  return changed ?? values;
}

function isEmpty(value: unknown): boolean {
  if (typeof value !== 'object') return false;
  for (const _ in value) return false;
  return true;
}

// Types that contain themselves (JSON schemas) have no such fields on their way round.
function compile(type: string, above: Set<string>): NullPlan | undefined {
  const schema = typeSchema(type);
  if (!schema || schema.special || above.has(type)) return undefined;
  const inside = new Set(above).add(type);
  const own: NullPlan['own'][number][] = [];
  const below: NullPlan['below'][number][] = [];
  for (const [key, row] of Object.entries(schema.fields ?? {})) {
    // An object is never without these; what they hold is as its client sent it.
    if (key === 'creationTimestamp' || row.type === 'meta.v1.ManagedFieldsEntry') continue;
    if (isNullable(row)) own.push({ key, kind: row.list ? 'list' : row.map ? 'map' : 'value' });
    const plan = row.type.includes('.') ? compile(row.type, inside) : undefined;
    if (plan) below.push({ key, shape: row.list ? 'list' : row.map ? 'map' : 'single', plan });
  }
  return own.length || below.length ? { own, below } : undefined;
}

function isNullable(row: FieldSchema): boolean {
  if (row.ptr) return false;
  if (row.list || row.map) return row.keep === true;
  const special = typeSchema(row.type)?.special;
  // `omitempty` doesn't keep encoding/json from writing a struct.
  return special === 'time' || special === 'microTime' || special === 'raw';
}
