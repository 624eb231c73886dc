// JSON Merge Patch (RFC 7386). As upstream's library does, nulls are also dropped from objects in lists that
// replace something that wasn't an object.
import { deepEqual } from '../deep_equal.ts';
import { badRequest } from '../errors/make_error.ts';

type Fields = Record<string, unknown>;

/**
 * `doc` with `patch` merged in; `doc` stays as it is, and parts that the patch doesn't touch are shared with
 * it. Throws ApiError 400 for a patch that is neither an object nor a list.
 */
export function applyMergePatch<T = any>(doc: unknown, patch: unknown): T {
  if (typeof patch !== 'object' || patch === null) throw badRequest('Invalid JSON Patch');
  if (!isObject(doc) || !isObject(patch)) return withoutNulls(patch) as T;
  return merge(doc, patch) as T;
}

/**
 * The patch that makes `modified` of `original`; empty where they are equal. Lists are replaced whole. Nulls
 * inside of `modified` can't be said in a merge patch and become removals.
 */
export function createMergePatch(original: object, modified: object): Record<string, unknown> {
  const before = original as Fields;
  const after = modified as Fields;
  const patch: Fields = {};
  for (const key of Object.keys(before)) {
    if (before[key] !== undefined && (!Object.hasOwn(after, key) || after[key] === undefined))
      patch[key] = null;
  }
  for (const key of Object.keys(after)) {
    const value = after[key];
    const old = Object.hasOwn(before, key) ? before[key] : undefined;
    if (value === undefined || deepEqual(old, value)) continue;
    patch[key] = isObject(old) && isObject(value) ? createMergePatch(old, value) : value;
  }
  return patch;
}

function merge(doc: Fields, patch: Fields): Fields {
  const result: Fields = { ...doc };
  for (const key of Object.keys(patch)) {
    if (key === '__proto__') continue;
    const value = patch[key];
    if (value === null || value === undefined) {
      delete result[key];
      continue;
    }
    const current = Object.hasOwn(result, key) ? result[key] : undefined;
    if (isObject(current)) result[key] = isObject(value) ? merge(current, value) : value;
    else result[key] = withoutNulls(value);
  }
  return result;
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => (item === null ? null : withoutNulls(item)));
  if (!isObject(value)) return value;
  const result: Fields = {};
  for (const key of Object.keys(value)) {
    const inner = value[key];
    if (key !== '__proto__' && inner !== null && inner !== undefined) result[key] = withoutNulls(inner);
  }
  return result;
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
