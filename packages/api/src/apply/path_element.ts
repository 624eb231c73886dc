// One step of a path in a set of fields, in the text form that FieldsV1 has:
//   f:replicas                              a field of an object, or a key of a map
//   k:{"containerPort":80,"protocol":"TCP"} the item of a list that has these keys
//   v:"finalizer"                           the item of a set
//   i:0                                     the item of a list by place
// The text is canonical, so that equal steps are equal strings.
import { goQuote } from '../go_quote.ts';

export type PathElement = string;

export type KeyValue = string | number | boolean;

export function fieldElement(name: string): PathElement {
  return `f:${name}`;
}

/** What tells an item of a list apart: the value of a set's, or names and values, ordered by name. */
export type Key = readonly KeyPair[] | string | number | boolean | null;
export type KeyPair = readonly [name: string, value: unknown];

/** `keys` in any order. */
export function keyElement(keys: readonly KeyPair[]): PathElement {
  let text = '';
  for (const [name, value] of sortedKeys(keys))
    text += `${text && ','}${JSON.stringify(name)}:${JSON.stringify(value)}`;
  return `k:{${text}}`;
}

export function sortedKeys(keys: readonly KeyPair[]): readonly KeyPair[] {
  for (let i = 1; i < keys.length; i++)
    if (keys[i]![0] < keys[i - 1]![0]) return [...keys].sort((a, b) => compareText(a[0], b[0]));
  return keys;
}

export function valueElement(value: unknown): PathElement {
  return `v:${JSON.stringify(value)}`;
}

/** The name that a field element stands for; undefined for others. */
export function fieldName(element: PathElement): string | undefined {
  return element.startsWith('f:') ? element.slice(2) : undefined;
}

/**
 * Reads an element that others wrote. Undefined for kinds that a later version may know; throws for what no
 * version writes.
 */
export function readElement(text: string): PathElement | undefined {
  if (text.startsWith('f:')) return text;
  let element = canonical.get(text);
  if (element === undefined) {
    element = canonicalElement(text);
    if (canonical.size >= maxCanonical) canonical.clear();
    canonical.set(text, element);
  }
  return element ?? undefined;
}

// Keys of items repeat from object to object.
const canonical = new Map<string, PathElement | null>();
const maxCanonical = 5000;

function canonicalElement(text: string): PathElement | null {
  if (text.length < 2) throw new Error('key must be 2 characters long:');
  if (text[1] !== ':') throw new Error(`missing colon: ${text}`);
  switch (text[0]) {
    case 'i':
      return `i:${Number.parseInt(text.slice(2), 10)}`;
    case 'v':
      return valueElement(JSON.parse(text.slice(2)));
    case 'k':
      return keyElement(Object.entries(JSON.parse(text.slice(2)) as object));
    default:
      return null;
  }
}

/** As conflict messages show it: `.spec`, `[name="c"]`, `[="finalizer"]`, `[0]`. */
export function showElement(element: PathElement): string {
  const rest = element.slice(2);
  switch (element[0]) {
    case 'f':
      return `.${rest}`;
    case 'k': {
      const keys = Object.entries(JSON.parse(rest) as object);
      return `[${keys.map(([name, value]) => `${name}=${showValue(value)}`).join(',')}]`;
    }
    case 'v':
      return `[=${showValue(JSON.parse(rest))}]`;
    default:
      return `[${rest}]`;
  }
}

/** In upstream's order: fields, then keys, values and indexes. */
export function sortElements(elements: Iterable<PathElement>): PathElement[] {
  const fields: PathElement[] = [];
  const others: { element: PathElement; key: Key }[] = [];
  for (const element of elements) {
    if (element.startsWith('f:')) fields.push(element);
    else others.push({ element, key: keyOf(element) });
  }
  fields.sort();
  if (!others.length) return fields;
  others.sort(
    (a, b) => ranks.indexOf(a.element[0]!) - ranks.indexOf(b.element[0]!) || compareKeys(a.key, b.key),
  );
  return [...fields, ...others.map(({ element }) => element)];
}

const ranks = 'kvi';

function keyOf(element: PathElement): Key {
  const parsed = JSON.parse(element.slice(2));
  return typeof parsed === 'object' && parsed !== null ? Object.entries(parsed) : parsed;
}

/** The order of two items of one list. */
export function compareKeys(a: Key, b: Key): number {
  if (!Array.isArray(a) || !Array.isArray(b)) return compareValues(a, b);
  for (let i = 0; i < a.length && i < b.length; i++) {
    const order = compareText(a[i]![0], b[i]![0]) || compareValues(a[i]![1], b[i]![1]);
    if (order) return order;
  }
  return a.length - b.length;
}

function compareValues(a: unknown, b: unknown): number {
  const order = typeRank(a) - typeRank(b);
  if (order) return order;
  if (typeof a === 'number') return a - (b as number);
  if (typeof a === 'boolean') return Number(a) - Number(b);
  return compareText(String(a), String(b));
}

function typeRank(value: unknown): number {
  return ['number', 'string', 'boolean'].indexOf(typeof value) + 1 || 4;
}

function showValue(value: unknown): string {
  return typeof value === 'string' ? goQuote(value) : JSON.stringify(value);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
