// Strategic merge patch (sig-api-machinery/strategic-merge-patch.md): a merge patch that knows the types, so
// that lists are merged by key, with directives for what plain merging can't say.
import { type ApiError, statusError } from '../../errors/api_error.ts';
import { badRequest } from '../../errors/make_error.ts';
import { doesNotApply } from '../json_patch.ts';
import { cleanValue, type Fields, isObject } from './clean_value.ts';
import { mergeList, mergeOrderedList } from './merge_list.ts';
import {
  badElementOrder,
  badPrimitiveList,
  badRetainKeys,
  StrategicPatchProblem,
  unknownDirective,
} from './patch_problem.ts';
import { fieldMeta, type PatchType, patchTypeOf } from './patch_type.ts';

const deleteListPrefix = '$deleteFromPrimitiveList';
const orderPrefix = '$setElementOrder';
const retainKeys = '$retainKeys';

/**
 * `doc`, an object of the type `typeName` (`core.v1.Pod`), with the patch merged in. `doc` and `patch` stay as
 * they are; the result shares with them. Throws ApiError 400 for a patch that can't be applied.
 */
export function applyStrategicPatch<T = any>(doc: T, patch: object, typeName: string): T {
  if (!isObject(patch)) throw badRequest('invalid JSON document');
  try {
    return mergeMap(doc as Fields, patch, patchTypeOf(typeName)) as T;
  } catch (error) {
    if (error instanceof StrategicPatchProblem) throw problemStatus(error);
    throw error;
  }
}

function problemStatus(problem: StrategicPatchProblem): ApiError {
  if (problem.code === 400) return badRequest(problem.message);
  return problem.code === 422 ? doesNotApply(problem) : statusError(500, '', problem.message);
}

/** Merges `patch` into a copy of `original`, both of type `type`. */
export function mergeMap(original: Fields, patch: Fields, type: PatchType): Fields {
  const directive = patch['$patch'];
  if (directive === 'replace') {
    const { $patch: _, ...rest } = patch;
    return rest;
  }
  if (directive === 'delete') return {};
  if (directive !== undefined) {
    throw unknownDirective(directive, patch);
  }
  const result = retained(original, patch);
  const done = new Set<string>([retainKeys]);
  for (const key of Object.keys(patch)) {
    if (!key.startsWith(orderPrefix)) continue;
    const field = directiveField(key, orderPrefix);
    mergeWithOrder(result, patch, field, patch[key], type);
    done.add(key);
    done.add(field);
  }
  // Deletions first: an item that is both deleted and added stays.
  for (const key of Object.keys(patch)) {
    if (!key.startsWith(deleteListPrefix)) continue;
    deleteFromList(result, directiveField(key, deleteListPrefix), patch[key]);
    done.add(key);
  }
  for (const key of Object.keys(patch)) if (!done.has(key)) mergeField(result, key, patch[key], type);
  return result;
}

function mergeField(result: Fields, key: string, value: unknown, type: PatchType): void {
  if (key === '__proto__') return;
  const current = Object.hasOwn(result, key) ? result[key] : undefined;
  if (value === null || value === undefined) {
    delete result[key];
  } else if (isObject(value) && isObject(current)) {
    const meta = fieldMeta(type, key);
    result[key] = meta.strategy === 'replace' ? value : mergeMap(current, value, meta.type);
  } else if (Array.isArray(value) && Array.isArray(current)) {
    const meta = fieldMeta(type, key);
    result[key] = meta.strategy === 'merge' ? mergeList(current, value, meta) : value;
  } else {
    const clean = cleanValue(value);
    if (clean === undefined) delete result[key];
    else result[key] = clean;
  }
}

function mergeWithOrder(result: Fields, patch: Fields, key: string, order: unknown, type: PatchType): void {
  const current = Object.hasOwn(result, key) ? result[key] : undefined;
  const value = Object.hasOwn(patch, key) ? patch[key] : undefined;
  if (current === undefined && value === undefined) return;
  const merged = mergeOrderedList({ current, value, order, meta: fieldMeta(type, key) });
  if (key !== '__proto__') result[key] = merged;
}

function deleteFromList(result: Fields, key: string, items: unknown): void {
  const current = Object.hasOwn(result, key) ? result[key] : undefined;
  if (items === null) delete result[key];
  if (!Array.isArray(items) || !Array.isArray(current)) return;
  const gone = new Set<unknown>(items);
  result[key] = current.filter((item) => !gone.has(item));
}

// A copy of `original` with only the keys that `$retainKeys` lists, where the patch has that directive.
function retained(original: Fields, patch: Fields): Fields {
  if (!Object.hasOwn(patch, retainKeys)) return { ...original };
  const list = patch[retainKeys];
  if (!Array.isArray(list)) throw badRetainKeys();
  const keep = new Set<unknown>(list);
  for (const [key, value] of Object.entries(patch)) {
    const isDirective = key === retainKeys || key.startsWith(deleteListPrefix) || key.startsWith(orderPrefix);
    if (value !== null && !isDirective && !keep.has(key)) throw badRetainKeys();
  }
  return Object.fromEntries(Object.entries(original).filter(([key]) => keep.has(key)));
}

// `$setElementOrder/containers` is about the field `containers`.
function directiveField(key: string, prefix: string): string {
  const slash = key.indexOf('/');
  if (slash < 0 || key.slice(0, slash) !== prefix)
    throw prefix === orderPrefix ? badElementOrder() : badPrimitiveList();
  return key.slice(slash + 1);
}
