import { listItems } from './list_items.ts';
import { childShape, type Fields, hasParts, type Shape } from './shape.ts';

/** `applied` laid over `live`: its leaves win, parts that it does not name stay. Shares what it does not change. */
export function mergeValues(live: unknown, applied: unknown, shape: Shape): unknown {
  if (applied === undefined) return live;
  if (live === undefined || live === null || !hasParts(shape, live) || !hasParts(shape, applied))
    return applied;
  if (shape.kind === 'set' || shape.kind === 'keyed')
    return mergeLists(live as unknown[], applied as unknown[], shape);
  const merged: Fields = { ...(live as Fields) };
  for (const [name, value] of Object.entries(applied as Fields)) {
    merged[name] = mergeValues(merged[name], value, childShape(shape, name));
  }
  return merged;
}

type ListShape = Extract<Shape, { kind: 'set' | 'keyed' }>;

/** Items of both, in the order of `applied`; items of `live` alone stay where they stood between their neighbours. */
function mergeLists(live: unknown[], applied: unknown[], shape: ListShape): unknown[] {
  const item: Shape = shape.kind === 'keyed' ? shape.item : { kind: 'leaf' };
  const left = listItems(shape, live);
  const right = listItems(shape, applied);
  const inLeft = new Map(left.map(({ element, value }) => [element, value]));
  const inRight = new Set(right.map(({ element }) => element));
  const merged: unknown[] = [];
  let at = 0;
  const takeOwnOfLive = () => {
    for (; at < left.length && !inRight.has(left[at]!.element); at++) merged.push(left[at]!.value);
  };
  for (const { element, value } of right) {
    if (!inLeft.has(element)) {
      takeOwnOfLive();
      merged.push(value);
      continue;
    }
    takeOwnOfLive();
    merged.push(mergeValues(inLeft.get(element), value, item));
    // Where the orders agree, go on past it; where they do not, it is skipped when its turn comes.
    if (left[at]?.element === element) at++;
    else
      left.splice(
        left.findIndex((other, index) => index >= at && other.element === element),
        1,
      );
  }
  takeOwnOfLive();
  return merged;
}
