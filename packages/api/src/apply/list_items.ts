// Items of lists that have an identity: by their keys, or by their value.
import type { PathElement } from './field_set.ts';
import type { Fields, Shape } from './shape.ts';
import { isFields } from './shape.ts';

export interface ListItem {
  element: PathElement;
  value: unknown;
}

type ListShape = Extract<Shape, { kind: 'set' | 'keyed' }>;

/** Items with their path elements. Of items with the same identity, each comes with it. */
export function listItems(shape: ListShape, list: readonly unknown[]): ListItem[] {
  return list.map((value) => ({ element: elementOf(shape, value), value }));
}

function elementOf(shape: ListShape, value: unknown): PathElement {
  if (shape.kind === 'set') return `v:${JSON.stringify(value)}`;
  const keys: Fields = {};
  const fields = isFields(value) ? value : {};
  for (const key of shape.keys) {
    const part = fields[key] ?? shape.defaults[key];
    if (part !== undefined) keys[key] = part;
  }
  return `k:${JSON.stringify(keys)}`;
}

/** `.spec.containers[name="web"].image`, as conflicts name paths. */
export function formatPath(path: readonly PathElement[]): string {
  return path
    .map((element) => {
      const text = element.slice(2);
      if (element.startsWith('f:')) return `.${text}`;
      if (element.startsWith('v:')) return `[=${text}]`;
      if (element.startsWith('i:')) return `[${text}]`;
      const keys = JSON.parse(text) as Fields;
      return `[${Object.entries(keys)
        .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
        .join(',')}]`;
    })
    .join('');
}
