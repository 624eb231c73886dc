// The order of a merged list: what the patch (or `$setElementOrder`) names in its order, and between that, in
// their own order, the items that only the object has, each before the first that followed it in the object
// (preserve-order-in-strategic-merge-patch.md).
import { isObject } from './clean_value.ts';
import { noMergeKey, notOfType } from './patch_problem.ts';

export interface OrderRequest {
  merged: readonly unknown[];
  /** The order that is asked for: items, or objects with only the merge key. */
  order: readonly unknown[];
  /** The order in the object as it was. */
  live: readonly unknown[];
  /** Empty for scalars. */
  mergeKey: string;
}

export function orderItems({ merged, order, live, mergeKey }: OrderRequest): unknown[] {
  const keyOf = (item: unknown) => (mergeKey ? keyOfItem(item, mergeKey) : item);
  const rank = ranks(order, keyOf);
  const liveRank = ranks(live, keyOf);
  const named: unknown[] = [];
  const others: unknown[] = [];
  for (const item of merged) (rank.has(keyOf(item)) ? named : others).push(item);
  named.sort((a, b) => rank.get(keyOf(a))! - rank.get(keyOf(b))!);
  others.sort((a, b) => (liveRank.get(keyOf(a)) ?? 0) - (liveRank.get(keyOf(b)) ?? 0));
  const result: unknown[] = [];
  let next = 0;
  for (const item of named) {
    const place = liveRank.get(keyOf(item));
    for (; next < others.length; next++) {
      const otherPlace = liveRank.get(keyOf(others[next]));
      if (place === undefined || otherPlace === undefined || otherPlace >= place) break;
      result.push(others[next]);
    }
    result.push(item);
  }
  return [...result, ...others.slice(next)];
}

/** Throws for an item without its merge key. */
export function keyOfItem(item: unknown, mergeKey: string): unknown {
  if (!isObject(item)) throw notOfType('map', item);
  if (Object.hasOwn(item, mergeKey)) return item[mergeKey];
  throw noMergeKey(item, mergeKey);
}

function ranks(list: readonly unknown[], keyOf: (item: unknown) => unknown): Map<unknown, number> {
  const found = new Map<unknown, number>();
  list.forEach((item, i) => {
    const key = keyOf(item);
    if (!found.has(key)) found.set(key, i);
  });
  return found;
}
