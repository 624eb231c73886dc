// The fields that a configuration names: what its applier owns.
import type { ApplyType, ListForm, MapForm } from './apply_type.ts';
import { type FieldSet, SetBuilder } from './field_set.ts';
import { fieldElement, type PathElement } from './path_element.ts';
import { fieldType, formOf, isObject, itemElement } from './value_form.ts';

/** `value` fits `type` (validateValue). */
export function valueToSet(type: ApplyType, value: unknown): FieldSet {
  const builder = new SetBuilder();
  visit(type, value, [], builder);
  return builder.build();
}

function visit(type: ApplyType, value: unknown, path: PathElement[], set: SetBuilder): void {
  switch (formOf(type, value)) {
    case 'scalar':
      set.insert(path);
      break;
    case 'list':
      if (type.list!.atomic) set.insert(path);
      else if (Array.isArray(value)) visitItems(type.list!, value, path, set);
      break;
    case 'map':
      if (type.map!.atomic) set.insert(path);
      else if (isObject(value)) visitFields(type.map!, value, path, set);
      break;
  }
}

// Items that are the same can't be told apart, so they are owned together.
function visitItems(list: ListForm, items: readonly unknown[], path: PathElement[], set: SetBuilder): void {
  const elements = items.map((item) => itemElement(list, item));
  const seen = new Set<PathElement>();
  const duplicates = new Set<PathElement>();
  for (const element of elements) (seen.has(element) ? duplicates : seen).add(element);
  elements.forEach((element, i) => {
    const at = [...path, element];
    if (!duplicates.has(element)) visit(list.item(), items[i], at, set);
    set.insert(at);
  });
}

function visitFields(
  map: MapForm,
  value: Record<string, unknown>,
  path: PathElement[],
  set: SetBuilder,
): void {
  for (const [name, inner] of Object.entries(value)) {
    const type = fieldType(map, name);
    if (!type || inner === undefined) continue;
    const at = [...path, fieldElement(name)];
    visit(type, inner, at, set);
    // A field that holds nothing, and a key of a map, are owned themselves.
    if (inner === null || (isObject(inner) && Object.keys(inner).length === 0) || !map.fields.has(name))
      set.insert(at);
  }
}
