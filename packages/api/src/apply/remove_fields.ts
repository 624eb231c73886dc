import type { FieldSet } from './field_set.ts';
import { listItems } from './list_items.ts';
import { childShape, type Fields, hasParts, type Shape } from './shape.ts';

/** The value without the paths of the set. A map or list that loses its last part goes too (undefined). */
export function removeFields(value: unknown, set: FieldSet, shape: Shape): unknown {
  if (set.children.size === 0 || !hasParts(shape, value)) return value;
  if (shape.kind === 'set' || shape.kind === 'keyed') {
    const item: Shape = shape.kind === 'keyed' ? shape.item : { kind: 'leaf' };
    const kept: unknown[] = [];
    for (const { element, value: part } of listItems(shape, value as unknown[])) {
      const below = set.child(element);
      if (below?.member) continue;
      kept.push(below ? removeFields(part, below, item) : part);
    }
    return kept.length > 0 ? kept : undefined;
  }
  const kept: Fields = {};
  for (const [name, part] of Object.entries(value as Fields)) {
    const below = set.child(`f:${name}`);
    if (below?.member) continue;
    const rest = below ? removeFields(part, below, childShape(shape, name)) : part;
    if (rest !== undefined) kept[name] = rest;
  }
  return Object.keys(kept).length > 0 ? kept : undefined;
}
