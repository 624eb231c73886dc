// What the creator of an object owns, written at once: most objects are created by one manager, and nobody has to
// be asked what else is owned.
import type { ApplyType, ListForm, MapForm } from './apply_type.ts';
import type { FieldSet } from './field_set.ts';
import type { FieldsV1 } from './fields_v1.ts';
import { neverOwned } from './never_owned.ts';
import { fieldElement, type PathElement, sortElements } from './path_element.ts';
import { type Fields, formOf, isObject, itemElement } from './value_form.ts';

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
 * What `compareValues` finds added or modified from `empty` to `object`, without what no manager can own, as
 * FieldsV1. Throws ItemProblem for items that can't be told apart.
 */
export function createdFields({ type, empty, object, ignored, structs }: CreatedObject): FieldsV1 {
  const fields = new CreatedWalk(structs).changed(type.map!, empty, object, ignored, neverOwned);
  return fields ?? {};
}

const self = '.';

class CreatedWalk {
  readonly #structs: boolean;

  constructor(structs: boolean) {
    this.#structs = structs;
  }

  // A struct that is there in both, so that it isn't itself new. Undefined where nothing is.
  changed(
    map: MapForm,
    before: Fields,
    after: Fields,
    ignored: FieldSet | undefined,
    unowned: FieldSet | undefined,
  ): FieldsV1 | undefined {
    const found: [PathElement, FieldsV1][] = [];
    for (const name of Object.keys(after)) {
      const value = after[name];
      const field = map.fields.get(name);
      const type = (field?.type ?? map.others)?.();
      const old = Object.hasOwn(before, name) ? before[name] : undefined;
      if (!type || value === undefined || value === old) continue;
      const element = field?.element ?? fieldElement(name);
      if (ignored?.members.has(element)) continue;
      const skipped = ignored?.children.get(element);
      const hidden = unowned?.children.get(element);
      let node: FieldsV1 | undefined;
      // What Go writes as null is no news when it stays null.
      const wasNull = old === undefined && field?.nullWhenAbsent === true && this.#structs;
      if (wasNull && value === null) continue;
      if (isObject(old) && isObject(value) && type.map && !type.map.atomic) {
        node = this.changed(type.map, old, value, skipped, hidden);
      } else if (isSame(old, value)) continue;
      else if (skipped || hidden)
        node = this.#partly(type, value, skipped, hidden, unowned?.members.has(element));
      else if (!unowned?.members.has(element)) {
        node = this.#all(type, value);
        // A list in the place of null is no news itself, only what is in it.
        if (wasNull && Object.keys(node).length > 1) delete node[self];
      }
      if (node) found.push([element, node]);
    }
    return ordered(found);
  }

  // Something new of which parts are nobody's.
  #partly(
    type: ApplyType,
    value: unknown,
    ignored: FieldSet | undefined,
    unowned: FieldSet | undefined,
    isUnowned = false,
  ): FieldsV1 | undefined {
    if (!type.map || type.map.atomic || !isObject(value))
      return isUnowned ? undefined : this.#all(type, value);
    const below = this.changed(type.map, {}, value, ignored, unowned);
    return isUnowned ? below : { [self]: {}, ...below };
  }

  // Something new, and all that is in it.
  #all(type: ApplyType, value: unknown): FieldsV1 {
    const form = formOf(type, value);
    if (form === 'map' && !type.map!.atomic && isObject(value)) return this.#map(type.map!, value);
    if (form === 'list' && !type.list!.atomic && Array.isArray(value) && value.length)
      return this.#list(type.list!, value);
    return {};
  }

  #map(map: MapForm, value: Fields): FieldsV1 {
    const found: [PathElement, FieldsV1][] = [];
    for (const name of Object.keys(value)) {
      const inner = value[name];
      const field = map.fields.get(name);
      const type = (field?.type ?? map.others)?.();
      if (type && inner !== undefined)
        found.push([field?.element ?? fieldElement(name), this.#all(type, inner)]);
    }
    // An empty struct is written as one that isn't there.
    if (found.length && this.#structs) {
      for (const [name, { element, nullWhenAbsent }] of map.fields) {
        if (nullWhenAbsent && value[name] === undefined) found.push([element, {}]);
      }
    }
    return withSelf(found);
  }

  #list(list: ListForm, items: readonly unknown[]): FieldsV1 {
    const nodes = new Map<PathElement, FieldsV1>();
    const type = list.item();
    for (const item of items) {
      const element = itemElement(list, item);
      // Items that are the same are owned together.
      nodes.set(element, nodes.has(element) ? {} : this.#all(type, item));
    }
    const fields: FieldsV1 = { [self]: {} };
    for (const element of nodes.size > 1 ? sortElements(nodes.keys()) : nodes.keys())
      fields[element] = nodes.get(element)!;
    return fields;
  }
}

function isSame(a: unknown, b: unknown): boolean {
  return (
    typeof a === 'object' && a !== null && isObject(b) && Object.keys(a).length + Object.keys(b).length === 0
  );
}

function withSelf(found: [PathElement, FieldsV1][]): FieldsV1 {
  const below = ordered(found);
  return below ? { [self]: {}, ...below } : {};
}

function ordered(found: [PathElement, FieldsV1][]): FieldsV1 | undefined {
  if (!found.length) return undefined;
  if (found.length > 1) found.sort(([a], [b]) => (a < b ? -1 : 1));
  const fields: FieldsV1 = {};
  for (const [element, node] of found) fields[element] = node;
  return fields;
}
