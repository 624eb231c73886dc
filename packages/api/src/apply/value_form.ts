// Which of the forms that a type allows a value has, and how items of lists are told apart.
import type { ApplyType, ListForm } from './apply_type.ts';
import { elementKey } from './fields_text.ts';
import {
  type Key,
  type KeyPair,
  keyElement,
  type PathElement,
  sortedKeys,
  valueElement,
} from './path_element.ts';

export type Fields = Record<string, unknown>;
export type Form = 'scalar' | 'list' | 'map';

/** Undefined stands for a value that isn't there; null and undefined may have any form of their type. */
export function formOf(type: ApplyType, value: unknown): Form | undefined {
  if (Array.isArray(value)) {
    if (type.list) return 'list';
  } else if (isObject(value)) {
    if (type.map) return 'map';
  } else if (value !== null && value !== undefined && type.scalar) return 'scalar';
  if (type.map) return 'map';
  if (type.scalar) return 'scalar';
  return type.list ? 'list' : undefined;
}

export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The type of a field; undefined where the map may not have it. */
export function fieldType(map: NonNullable<ApplyType['map']>, name: string): ApplyType | undefined {
  return (map.fields.get(name)?.type ?? map.others)?.();
}

/** An item of an associative list that can't be told apart from others. */
export class ItemProblem extends Error {}

/** Throws ItemProblem for an item without its keys, or of a kind that a set can't have. */
export function itemElement(list: ListForm, item: unknown): PathElement {
  return itemKey(list, item).element;
}

export interface ItemKey {
  element: PathElement;
  /** `"k:...":`, as JSON text begins a field. */
  text: string;
  /** What items are ordered by. */
  value: Key;
}

// Names of containers, variables and conditions are the same in most objects.
const namedKeys = new WeakMap<ListForm, Map<string, ItemKey>>();
const maxNamed = 2_000;

/** Throws ItemProblem, as itemElement. */
export function itemKey(list: ListForm, item: unknown): ItemKey {
  const name = list.keys.length === 1 && isObject(item) ? item[list.keys[0]!] : undefined;
  if (typeof name !== 'string') return readKey(list, item);
  let keys = namedKeys.get(list);
  if (!keys) namedKeys.set(list, (keys = new Map()));
  let key = keys.get(name);
  if (!key) {
    key = readKey(list, item);
    if (keys.size >= maxNamed) keys.clear();
    keys.set(name, key);
  }
  return key;
}

function readKey(list: ListForm, item: unknown): ItemKey {
  if (!list.keys.length) {
    if (isObject(item))
      throw new ItemProblem("associative list without keys has an element that's a map type");
    if (Array.isArray(item)) throw new ItemProblem('not supported: associative list with lists as elements');
    if (item === null) {
      throw new ItemProblem("associative list without keys has an element that's an explicit null");
    }
    return keyOf(valueElement(item), item as Key);
  }
  if (item === null) throw new ItemProblem('associative list with keys may not have a null element');
  if (!isObject(item)) throw new ItemProblem('associative list with keys may not have non-map elements');
  const keys: KeyPair[] = [];
  const map = list.item().map;
  for (const name of list.keys) {
    const value = item[name] === undefined ? map?.fields.get(name)?.default : item[name];
    if (value !== undefined) keys.push([name, value]);
  }
  if (!keys.length) {
    const names = list.keys.map((name) => JSON.stringify(name)).join(' ');
    throw new ItemProblem(
      `associative list with keys has an element that omits all key fields [${names}] (and doesn't have default values for any key fields)`,
    );
  }
  return keyOf(keyElement(keys), sortedKeys(keys));
}

function keyOf(element: PathElement, value: Key): ItemKey {
  return { element, text: elementKey(element), value };
}
