// What the creator of an object owns, written at once: most objects are created by one manager, and nobody has to
// be asked what else is owned. Written as text, because that is what is kept of it (fields_text.ts).
import type { ApplyType, ListForm, MapForm } from './apply_type.ts';
import type { FieldSet } from './field_set.ts';
import { elementKey, selfMark } from './fields_text.ts';
import { neverOwned } from './never_owned.ts';
import { compareKeys, fieldElement } from './path_element.ts';
import { StructShapes } from './struct_shapes.ts';
import { type Fields, formOf, type ItemKey, isObject, itemKey } from './value_form.ts';

export interface CreatedObject {
  type: ApplyType;
  /** The object as nobody has touched it: structs that are always there. */
  empty: Fields;
  object: Fields;
  ignored: FieldSet;
  /** Structs write null for lists that aren't set (as CompareOptions.structs). */
  structs: boolean;
}

/**
 * What `compareValues` finds added or modified from `empty` to `object`, without what no manager can own, as the
 * text of FieldsV1; undefined where that is nothing. Throws ItemProblem for items that can't be told apart.
 */
export function createdFields({ type, empty, object, ignored, structs }: CreatedObject): string | undefined {
  const walk = structs ? ofStructs : ofMaps;
  const inside = walk.changed(type.map!, empty, object, ignored, neverOwned);
  return inside ? `{${inside}}` : undefined;
}

// Methods give back the text of a node, `{"f:a":{}}`, but those that begin with `inside` what stands between its
// braces.
class CreatedWalk {
  readonly #structs: boolean;
  readonly #shapes: StructShapes;

  constructor(structs: boolean) {
    this.#structs = structs;
    this.#shapes = new StructShapes(structs);
  }

  /** The inside of a struct that is there in both, so that it isn't itself new. Empty where nothing is. */
  changed(
    map: MapForm,
    before: Fields,
    after: Fields,
    ignored: FieldSet | undefined,
    unowned: FieldSet | undefined,
  ): string {
    let inside = '';
    for (const name of inOrder(Object.keys(after))) {
      const value = after[name];
      const field = map.fields.get(name);
      const type = (field?.type ?? map.others)?.();
      const old = Object.hasOwn(before, name) ? before[name] : undefined;
      if (!type || value === undefined || value === old) continue;
      const element = field?.element ?? fieldElement(name);
      if (ignored?.members.has(element)) continue;
      const skipped = ignored?.children.get(element);
      const hidden = unowned?.children.get(element);
      let node = '';
      // What Go writes as null is no news when it stays null.
      const wasNull = old === undefined && field?.nullWhenAbsent === true && this.#structs;
      if (wasNull && value === null) continue;
      if (isObject(old) && isObject(value) && type.map && !type.map.atomic) {
        const below = this.changed(type.map, old, value, skipped, hidden);
        if (below) node = `{${below}}`;
      } else if (isSame(old, value)) continue;
      else if (skipped || hidden)
        node = this.#partly(type, value, skipped, hidden, unowned?.members.has(element));
      // A list in the place of null is no news itself, only what is in it.
      else if (!unowned?.members.has(element)) node = this.#all(type, value, wasNull ? '' : selfMark);
      if (node) inside += `${inside && ','}${field?.key ?? elementKey(element)}${node}`;
    }
    return inside;
  }

  // Something new of which parts are nobody's. Empty where all is.
  #partly(
    type: ApplyType,
    value: unknown,
    ignored: FieldSet | undefined,
    unowned: FieldSet | undefined,
    isUnowned = false,
  ): string {
    if (!type.map || type.map.atomic || !isObject(value)) return isUnowned ? '' : this.#all(type, value);
    const below = this.changed(type.map, {}, value, ignored, unowned);
    if (isUnowned) return below && `{${below}}`;
    return below ? `{${selfMark},${below}}` : `{${selfMark}}`;
  }

  // Something new, and all that is in it; `mark` says that it is itself owned.
  #all(type: ApplyType, value: unknown, mark = selfMark): string {
    if (typeof value !== 'object') return '{}';
    const form = formOf(type, value);
    let inside = '';
    if (form === 'map' && !type.map!.atomic && isObject(value)) inside = this.#insideMap(type.map!, value);
    else if (form === 'list' && !type.list!.atomic && Array.isArray(value))
      inside = this.#insideList(type.list!, value);
    if (!inside) return '{}';
    return mark ? `{${mark},${inside}}` : `{${inside}}`;
  }

  #insideMap(map: MapForm, value: Fields): string {
    const parts = this.#shapes.partsOf(map, value);
    let inside = '';
    if (parts)
      for (const part of parts)
        inside += typeof part === 'string' ? part : this.#all(part.type, value[part.name]);
    else
      for (const name of inOrder(Object.keys(value))) {
        const inner = value[name];
        const field = map.fields.get(name);
        const type = (field?.type ?? map.others)?.();
        if (!type || inner === undefined) continue;
        inside += `${inside && ','}${field?.key ?? elementKey(fieldElement(name))}${this.#all(type, inner)}`;
      }
    return inside;
  }

  #insideList(list: ListForm, items: readonly unknown[]): string {
    const type = list.item();
    let found: { key: ItemKey; node: string }[] = [];
    let isOrdered = true;
    for (const item of items) {
      const key = itemKey(list, item);
      const last = found.at(-1);
      if (last && compareKeys(last.key.value, key.value) >= 0) isOrdered = false;
      found.push({ key, node: this.#all(type, item) });
    }
    if (!isOrdered) found = distinct(found).sort((a, b) => compareKeys(a.key.value, b.key.value));
    let inside = '';
    for (const { key, node } of found) inside += `${inside && ','}${key.text}${node}`;
    return inside;
  }
}

// Items that are the same are owned together.
function distinct(found: readonly { key: ItemKey; node: string }[]): { key: ItemKey; node: string }[] {
  const nodes = new Map<string, { key: ItemKey; node: string }>();
  for (const { key, node } of found)
    nodes.set(key.element, { key, node: nodes.has(key.element) ? '{}' : node });
  return [...nodes.values()];
}

const ofStructs = new CreatedWalk(true);
const ofMaps = new CreatedWalk(false);

function isSame(a: unknown, b: unknown): boolean {
  return (
    typeof a === 'object' && a !== null && isObject(b) && Object.keys(a).length + Object.keys(b).length === 0
  );
}

/** Sorts `names`, which are few and often in order already. */
function inOrder(names: string[]): string[] {
  for (let i = 1; i < names.length; i++) if (names[i]! < names[i - 1]!) return names.sort();
  return names;
}
