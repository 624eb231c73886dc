// Takes fields out of an object.
import type { ApplyType } from './apply_type.ts';
import { type FieldSet, isEmptySet } from './field_set.ts';
import { fieldElement, fieldName, type PathElement } from './path_element.ts';
import { type Fields, fieldType, formOf, isObject, itemElement } from './value_form.ts';

/**
 * `value` without what is in `fields`. An object or list of which something was taken stays, empty if need be;
 * undefined where nothing was there to begin with. `value` is not changed.
 */
export function removeItems(type: ApplyType, value: unknown, fields: FieldSet): unknown {
  if (isEmptySet(fields)) return value;
  switch (formOf(type, value)) {
    case 'map':
      return isObject(value) && !type.map!.atomic ? removeFields(type, value, fields) : value;
    case 'list':
      return Array.isArray(value) && !type.list!.atomic ? removeFromList(type, value, fields) : value;
    default:
      return value;
  }
}

function removeFields(type: ApplyType, value: Fields, fields: FieldSet): Fields {
  const kept: Fields = {};
  for (const [name, inner] of Object.entries(value)) {
    const element = fieldElement(name);
    if (fields.members.has(element)) continue;
    const below = fields.children.get(element);
    const innerType = below && fieldType(type.map!, name);
    kept[name] = innerType ? removeItems(innerType, inner, below) : inner;
  }
  return kept;
}

function removeFromList(type: ApplyType, value: readonly unknown[], fields: FieldSet): unknown[] {
  const kept: unknown[] = [];
  for (const item of value) {
    const element = itemElement(type.list!, item);
    if (fields.members.has(element)) continue;
    const below = fields.children.get(element);
    kept.push(below ? removeItems(type.list!.item(), item, below) : item);
  }
  return kept;
}

/**
 * The set with every declared field added below which something is in it: removing what was applied takes the
 * objects along that the applier made.
 */
export function withNamedFields(type: ApplyType | undefined, set: FieldSet): FieldSet {
  if (!set.children.size) return set;
  const members = new Set(set.members);
  const children = new Map<PathElement, FieldSet>();
  for (const [element, child] of set.children) {
    const name = fieldName(element);
    let inner: ApplyType | undefined;
    if (name !== undefined && type?.map) {
      if (type.map.fields.has(name)) members.add(element);
      inner = fieldType(type.map, name);
    } else if (element.startsWith('k:') && type?.list) inner = type.list.item();
    children.set(element, withNamedFields(inner, child));
  }
  return { members, children };
}
