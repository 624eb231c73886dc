// Puts a configuration onto an object: what the configuration names wins, everything else stays.
import type { ApplyType, ListForm, MapForm } from './apply_type.ts';
import { mergeOrder } from './merge_order.ts';
import type { PathElement } from './path_element.ts';
import { type Fields, fieldType, formOf, isObject, itemElement } from './value_form.ts';

/**
 * The merged value; undefined stands for a side that isn't there, and for nothing. Both fit `type`, and only
 * `live` may have items that are the same. Neither is changed; the result shares with both.
 */
export function mergeValues(type: ApplyType, live: unknown, applied: unknown): unknown {
  const form = formOf(type, applied === undefined ? live : applied);
  const leaf = applied === undefined ? live : applied;
  if (form === 'map') {
    const left = isObject(live) ? live : undefined;
    const right = isObject(applied) ? applied : undefined;
    // Two empty sides keep the difference between nothing, null and empty.
    if (type.map!.atomic || (isEmpty(left) && isEmpty(right))) return leaf;
    return mergeMaps(type.map!, left ?? {}, right ?? {});
  }
  if (form === 'list') {
    const left = Array.isArray(live) ? live : [];
    const right = Array.isArray(applied) ? applied : [];
    if (type.list!.atomic || (!left.length && !right.length)) return leaf;
    return mergeLists(type.list!, left, right);
  }
  return leaf;
}

function mergeMaps(map: MapForm, live: Fields, applied: Fields): Fields | undefined {
  const merged: Fields = {};
  let some = false;
  const put = (name: string) => {
    const type = fieldType(map, name);
    const left = ownValue(live, name);
    const value = type ? mergeValues(type, left, ownValue(applied, name)) : left;
    if (value === undefined) return;
    merged[name] = value;
    some = true;
  };
  for (const name of Object.keys(live)) put(name);
  for (const name of Object.keys(applied)) if (name !== '__proto__' && !Object.hasOwn(live, name)) put(name);
  return some ? merged : undefined;
}

function mergeLists(
  list: ListForm,
  live: readonly unknown[],
  applied: readonly unknown[],
): unknown[] | undefined {
  const liveElements = live.map((item) => itemElement(list, item));
  const appliedElements = applied.map((item) => itemElement(list, item));
  const liveItems = new Map<PathElement, unknown>();
  // Of items that are the same none is merged with: the applied one takes their place.
  liveElements.forEach((element, i) => {
    liveItems.set(element, liveItems.has(element) ? null : live[i]);
  });
  const appliedItems = new Map(appliedElements.map((element, i) => [element, applied[i]]));
  const merged: unknown[] = [];
  for (const { element, liveIndex } of mergeOrder(liveElements, appliedElements)) {
    const item =
      liveIndex === undefined
        ? mergeValues(list.item(), liveItems.get(element), appliedItems.get(element))
        : mergeValues(list.item(), live[liveIndex], undefined);
    if (item !== undefined) merged.push(item);
  }
  return merged.length ? merged : undefined;
}

function ownValue(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

function isEmpty(fields: Fields | undefined): boolean {
  return fields === undefined || Object.keys(fields).length === 0;
}
