import { FieldSet } from './field_set.ts';
import { listItems } from './list_items.ts';
import { childShape, type Fields, hasParts, type Shape } from './shape.ts';

export interface Comparison {
  added: FieldSet;
  modified: FieldSet;
  removed: FieldSet;
}

/** Which paths differ between two values of one shape. Equal references are equal without a look. */
export function compareValues(before: unknown, after: unknown, shape: Shape): Comparison {
  const result: Comparison = { added: new FieldSet(), modified: new FieldSet(), removed: new FieldSet() };
  compare(before, after, shape, result);
  return result;
}

function compare(before: unknown, after: unknown, shape: Shape, at: Comparison): void {
  if (before === after || (isAbsent(before) && isAbsent(after))) return;
  if (isAbsent(before)) addAll(after, shape, at.added);
  else if (isAbsent(after)) addAll(before, shape, at.removed);
  else if (!hasParts(shape, before) || !hasParts(shape, after)) {
    if (!deepEqual(before, after)) at.modified.member = true;
  } else if (shape.kind === 'set' || shape.kind === 'keyed') {
    compareLists(before as unknown[], after as unknown[], shape, at);
  } else {
    const [old, next] = [before as Fields, after as Fields];
    for (const name of new Set([...Object.keys(old), ...Object.keys(next)])) {
      if (old[name] === next[name]) continue;
      below(at, `f:${name}`, (part) => compare(old[name], next[name], childShape(shape, name), part));
    }
  }
}

type ListShape = Extract<Shape, { kind: 'set' | 'keyed' }>;

function compareLists(before: unknown[], after: unknown[], shape: ListShape, at: Comparison): void {
  const item: Shape = shape.kind === 'keyed' ? shape.item : { kind: 'leaf' };
  const old = new Map(listItems(shape, before).map(({ element, value }) => [element, value]));
  const next = new Map(listItems(shape, after).map(({ element, value }) => [element, value]));
  for (const element of new Set([...old.keys(), ...next.keys()])) {
    below(at, element, (part) => compare(old.get(element), next.get(element), item, part));
  }
}

/** Everything of a value that came or went: all its paths, and each step on the way to them. */
function addAll(value: unknown, shape: Shape, set: FieldSet): void {
  set.member = true;
  if (!hasParts(shape, value)) return;
  if (shape.kind === 'set' || shape.kind === 'keyed') {
    const item: Shape = shape.kind === 'keyed' ? shape.item : { kind: 'leaf' };
    for (const { element, value: part } of listItems(shape, value as unknown[]))
      addAll(part, item, set.descend(element));
    return;
  }
  for (const [name, part] of Object.entries(value as object)) {
    if (!isAbsent(part)) addAll(part, childShape(shape, name), set.descend(`f:${name}`));
  }
}

/** Runs `work` on the parts of the comparison below `element`, and keeps those that it filled. */
function below(at: Comparison, element: string, work: (part: Comparison) => void): void {
  const part: Comparison = { added: new FieldSet(), modified: new FieldSet(), removed: new FieldSet() };
  work(part);
  for (const key of ['added', 'modified', 'removed'] as const) {
    if (!part[key].isEmpty) at[key].children.set(element, part[key]);
  }
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}

export function deepEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && deepEqual((a as Fields)[key], (b as Fields)[key]));
}
