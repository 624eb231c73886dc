// Lists whose items are merged: objects by their merge key, scalars as a set.
import { formatGo, goTypeOf } from '../../go_format.ts';
import { cleanValue, type Fields, isObject } from './clean_value.ts';
import { keyOfItem, orderItems } from './list_order.ts';
import { listOfLists, notOfType, StrategicPatchProblem, unknownDirective } from './patch_problem.ts';
import type { FieldMeta } from './patch_type.ts';
import { mergeMap } from './strategic_patch.ts';

export function mergeList(
  original: readonly unknown[],
  patch: readonly unknown[],
  meta: FieldMeta,
): unknown[] {
  if (!original.length && !patch.length) return [];
  if (!holdsObjects(original, patch)) {
    return orderItems({
      merged: [...new Set([...original, ...patch])],
      order: patch,
      live: original,
      mergeKey: '',
    });
  }
  const { mergeKey } = meta;
  if (!mergeKey) throw new StrategicPatchProblem('cannot merge lists without merge key for slice');
  const { kept, changes, replace } = applyItemDirectives(original as Fields[], patch as Fields[], mergeKey);
  if (replace) return changes;
  const merged = mergeItems(kept, changes, meta);
  return orderItems({ merged, order: changes, live: kept, mergeKey });
}

export interface OrderedMerge {
  /** Of the object; undefined when it doesn't have the list. */
  current: unknown;
  /** Of the patch; undefined when it changes nothing but the order. */
  value: unknown;
  /** `$setElementOrder/...`: scalars, or objects with only the merge key. */
  order: unknown;
  meta: FieldMeta;
}

/** Merges a list and puts it in the order that `$setElementOrder` asks for; items that it doesn't name stay about where they were. */
export function mergeOrderedList({ current, value, order, meta }: OrderedMerge): unknown[] {
  const live = listOrNone(current);
  const changes = listOrNone(value);
  const wanted = listOrNone(order) ?? [];
  checkOrder(changes ?? [], wanted, meta.mergeKey);
  const merged = !changes
    ? live!
    : !live
      ? (cleanValue(changes) as unknown[])
      : meta.strategy === 'merge'
        ? mergeList(live, changes, meta)
        : changes;
  const before = live && changes && meta.mergeKey ? orderBefore(live, changes, meta.mergeKey) : (live ?? []);
  return orderItems({ merged, order: wanted, live: before, mergeKey: meta.mergeKey });
}

// Upstream deletes and adds in the list that it later takes for the old order, so new items stand in the places
// that deleted ones left at the end of it. Clients see the difference as the order of containers.
function orderBefore(live: readonly unknown[], changes: readonly unknown[], mergeKey: string): unknown[] {
  const gone = new Set<unknown>();
  const added: unknown[] = [];
  const known = new Set(live.map((item) => keyOfItem(item, mergeKey)));
  for (const item of changes) {
    const key = keyOfItem(item, mergeKey);
    if ((item as Fields)['$patch'] === 'delete') gone.add(key);
  }
  const kept = live.filter((item) => !gone.has(keyOfItem(item, mergeKey)));
  for (const item of changes) {
    const key = keyOfItem(item, mergeKey);
    if (!Object.hasOwn(item as Fields, '$patch') && (!known.has(key) || gone.has(key))) added.push(item);
  }
  return [...kept, ...added.slice(0, live.length - kept.length)];
}

// Deletions and replacement among the items of the patch.
function applyItemDirectives(original: readonly Fields[], patch: readonly Fields[], mergeKey: string) {
  let kept = original;
  let replace = false;
  const changes: Fields[] = [];
  for (const item of patch) {
    const directive = item['$patch'];
    if (!Object.hasOwn(item, '$patch')) changes.push(item);
    else if (directive === 'replace') replace = true;
    else if (directive === 'delete') {
      const key = keyOfItem(item, mergeKey);
      kept = kept.filter((candidate) => candidate[mergeKey] !== key);
    } else if (directive === 'merge') {
      throw new StrategicPatchProblem('merging lists cannot yet be specified in the patch');
    } else {
      throw unknownDirective(directive, item);
    }
  }
  return { kept, changes, replace };
}

function mergeItems(kept: readonly Fields[], changes: readonly Fields[], meta: FieldMeta): Fields[] {
  const merged = [...kept];
  const places = new Map<unknown, number>();
  merged.forEach((item, i) => {
    // The first of several items with one key is the one that is merged into.
    if (!places.has(item[meta.mergeKey])) places.set(item[meta.mergeKey], i);
  });
  for (const item of changes) {
    const key = keyOfItem(item, meta.mergeKey);
    const place = places.get(key);
    if (place === undefined) {
      places.set(key, merged.length);
      merged.push(item);
    } else merged[place] = mergeMap(merged[place]!, item, meta.type);
  }
  return merged;
}

// Items of the patch must be named by the order list, and in the same order.
function checkOrder(changes: readonly unknown[], wanted: readonly unknown[], mergeKey: string): void {
  if (!wanted.length || !changes.length) return;
  let at = 0;
  for (const item of changes) {
    if (isObject(item) && Object.hasOwn(item, '$patch')) continue;
    const key = mergeKey ? keyOfItem(item, mergeKey) : item;
    while (at < wanted.length && (mergeKey ? keyOfItem(wanted[at], mergeKey) : wanted[at]) !== key) at++;
    if (at++ >= wanted.length) {
      throw new StrategicPatchProblem(
        `The order in patch list:\n${formatGo(changes)}\n doesn't match $setElementOrder list:\n${formatGo(wanted)}\n`,
      );
    }
  }
}

function holdsObjects(...lists: (readonly unknown[])[]): boolean {
  let kind: string | undefined;
  for (const item of lists.flat()) {
    const itemKind = goTypeOf(item);
    if (kind !== undefined && kind !== itemKind) {
      throw new StrategicPatchProblem(`list element types are not identical: ${formatGo(lists)}`);
    }
    kind = itemKind;
  }
  if (kind === '[]interface {}') throw listOfLists();
  return kind === 'map[string]interface {}';
}

function listOrNone(value: unknown): unknown[] | undefined {
  if (value === undefined || Array.isArray(value)) return value;
  throw notOfType('list', value);
}
