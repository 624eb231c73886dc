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

/** `keys` in any order. */
export function keyElement(keys: readonly (readonly [name: string, value: unknown])[]): PathElement {
  const sorted = [...keys].sort((a, b) => compareText(a[0], b[0]));
  return `k:{${sorted.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`;
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
  if (text.length < 2) throw new Error('key must be 2 characters long:');
  if (text[1] !== ':') throw new Error(`missing colon: ${text}`);
  switch (text[0]) {
    case 'f':
      return text;
    case 'i':
      return `i:${Number.parseInt(text.slice(2), 10)}`;
    case 'v':
      return valueElement(JSON.parse(text.slice(2)));
    case 'k':
      return keyElement(Object.entries(JSON.parse(text.slice(2)) as object));
    default:
      return undefined;
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

// Fields, then keys, values and indexes: the order in which upstream writes them.
const ranks = 'fkvi';

export function compareElements(a: PathElement, b: PathElement): number {
  if (a[0] !== b[0]) return ranks.indexOf(a[0]!) - ranks.indexOf(b[0]!);
  switch (a[0]) {
    case 'k':
      return compareKeys(entriesOf(a), entriesOf(b));
    case 'v':
      return compareValues(JSON.parse(a.slice(2)), JSON.parse(b.slice(2)));
    case 'i':
      return Number(a.slice(2)) - Number(b.slice(2));
    default:
      return compareText(a, b);
  }
}

function entriesOf(element: PathElement): [string, unknown][] {
  return Object.entries(JSON.parse(element.slice(2)) as object);
}

function compareKeys(a: [string, unknown][], b: [string, unknown][]): number {
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
