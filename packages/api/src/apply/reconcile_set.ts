// A schema may have changed since a set was written: what was merged is atomic now.
import type { ApplyType, MapForm } from './apply_type.ts';
import { deducedType } from './apply_type.ts';
import { type FieldSet, isEmptySet, recursiveDifference, setOf, union } from './field_set.ts';
import { fieldName, type PathElement } from './path_element.ts';
import { fieldType } from './value_form.ts';

/** The set in terms of `type`: whoever owned a part of what is atomic now owns all of it. */
export function reconcileSet(type: ApplyType, set: FieldSet): FieldSet {
  const atomic: PathElement[][] = [];
  visit(type, set, false, [], atomic);
  if (!atomic.length) return set;
  const roots = setOf(atomic);
  return union(recursiveDifference(set, roots), roots);
}

// `isLeaf`: the set has the field itself and nothing below it.
function visit(
  type: ApplyType,
  set: FieldSet | undefined,
  isLeaf: boolean,
  path: PathElement[],
  atomic: PathElement[][],
): void {
  if (type.map) {
    if (isDeduced(type.map)) return;
    if (!isLeaf && type.map.atomic) {
      if (set && !isEmptySet(set)) atomic.push(path);
    } else if (set) {
      visitElements(set, path, atomic, (element) => {
        const name = fieldName(element);
        return name === undefined ? type.map!.others?.() : fieldType(type.map!, name);
      });
    }
  } else if (type.list && !type.scalar) {
    if (!isLeaf && type.list.atomic) atomic.push(path);
    else if (set) visitElements(set, path, atomic, () => type.list!.item());
  }
}

function visitElements(
  set: FieldSet,
  path: PathElement[],
  atomic: PathElement[][],
  typeOf: (element: PathElement) => ApplyType | undefined,
): void {
  for (const element of new Set([...set.children.keys(), ...set.members])) {
    const type = typeOf(element);
    if (!type) continue;
    const child = set.children.get(element);
    visit(type, child, set.members.has(element) && !child, [...path, element], atomic);
  }
}

function isDeduced(map: MapForm): boolean {
  return map.fields.size === 0 && map.others?.() === deducedType;
}
