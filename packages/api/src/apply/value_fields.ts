import { FieldSet } from './field_set.ts';
import { listItems } from './list_items.ts';
import { childShape, hasParts, isFields, ownsKeys, type Shape } from './shape.ts';

/** Every path that a value sets: what its applier comes to own. */
export function fieldsOfValue(value: unknown, shape: Shape): FieldSet {
  const set = new FieldSet();
  collect(set, value, shape);
  return set;
}

function collect(set: FieldSet, value: unknown, shape: Shape): void {
  if (!hasParts(shape, value)) {
    // A list or map without a value sets nothing below it; the parent notes it where that is an act of its own.
    if (shape.kind === 'leaf' || shape.kind === 'unknown' || (value !== null && value !== undefined))
      set.member = true;
    return;
  }
  if (shape.kind === 'set' || shape.kind === 'keyed') {
    const item: Shape = shape.kind === 'keyed' ? shape.item : { kind: 'leaf' };
    for (const { element, value: part } of listItems(shape, value as unknown[])) {
      const below = set.descend(element);
      collect(below, part, item);
      below.member = true;
    }
    return;
  }
  for (const [name, part] of Object.entries(value as object)) {
    if (part === undefined) continue;
    const below = set.descend(`f:${name}`);
    collect(below, part, childShape(shape, name));
    const empty = part === null || (isFields(part) && Object.keys(part).length === 0);
    if (empty || ownsKeys(shape, name)) below.member = true;
    if (below.isEmpty) set.children.delete(`f:${name}`);
  }
}
