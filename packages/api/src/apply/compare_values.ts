// Which fields differ between two objects.
import { deepEqual } from '../deep_equal.ts';
import type { ApplyType, ListForm, MapForm } from './apply_type.ts';
import { type FieldSet, isEmptySet, recursiveDifference, SetBuilder } from './field_set.ts';
import { fieldElement, type PathElement } from './path_element.ts';
import { type Fields, type Form, formOf, isObject, itemElement } from './value_form.ts';

/** No field is in more than one of the three. */
export interface Comparison {
  added: FieldSet;
  modified: FieldSet;
  removed: FieldSet;
}

export interface CompareOptions {
  /**
   * The old object (or both) came from Go structs upstream, which write null for lists that aren't set: such a
   * list is changed when it comes, not added.
   */
  structs?: 'none' | 'old' | 'both';
}

/** Both fit `type`; items that are the same are allowed. */
export function compareValues(
  type: ApplyType,
  before: unknown,
  after: unknown,
  options: CompareOptions = {},
): Comparison {
  const walk = new CompareWalk(options.structs ?? 'none');
  walk.visit(type, before, after, []);
  return { added: walk.added.build(), modified: walk.modified.build(), removed: walk.removed.build() };
}

/** Without fields that a strategy resets (and everything below them), whatever the request says of them. */
export function excludeFields(comparison: Comparison, ignored: FieldSet): Comparison {
  if (isEmptySet(ignored)) return comparison;
  return {
    added: recursiveDifference(comparison.added, ignored),
    modified: recursiveDifference(comparison.modified, ignored),
    removed: recursiveDifference(comparison.removed, ignored),
  };
}

interface There {
  before: boolean;
  after: boolean;
}

class CompareWalk {
  readonly added = new SetBuilder();
  readonly modified = new SetBuilder();
  readonly removed = new SetBuilder();
  readonly #structs: 'none' | 'old' | 'both';

  constructor(structs: 'none' | 'old' | 'both') {
    this.#structs = structs;
  }

  visit(type: ApplyType, before: unknown, after: unknown, path: PathElement[]): void {
    if (before === after && before !== undefined) return;
    const oldForm = formOf(type, before);
    const newForm = formOf(type, after);
    let leaf: boolean;
    if (after === undefined) leaf = this.#byForm(oldForm, type, before, after, path);
    else if (before === undefined || oldForm === newForm)
      leaf = this.#byForm(newForm, type, before, after, path);
    else {
      // What was a map and is a list now: all of the one went, and the other came.
      this.#byForm(oldForm, type, before, after, path);
      leaf = this.#byForm(newForm, type, before, after, path);
    }
    if (leaf) return;
    if (before === undefined) this.added.insert(path);
    else if (after === undefined) this.removed.insert(path);
  }

  // True where the value is compared as one.
  #byForm(
    form: Form | undefined,
    type: ApplyType,
    before: unknown,
    after: unknown,
    path: PathElement[],
  ): boolean {
    if (form === 'map') {
      const left = isObject(before) ? before : {};
      const right = isObject(after) ? after : {};
      if (!type.map!.atomic && (hasFields(left) || hasFields(right))) {
        this.#maps(type.map!, left, right, path, {
          before: before !== undefined,
          after: after !== undefined,
        });
        // A struct that comes or goes takes its nulls along.
        if (before === undefined && this.#structs === 'both') this.#nulls(type.map!, right, path, this.added);
        if (after === undefined && this.#structs !== 'none') this.#nulls(type.map!, left, path, this.removed);
        return false;
      }
    } else if (form === 'list') {
      const left = Array.isArray(before) ? before : [];
      const right = Array.isArray(after) ? after : [];
      if (!type.list!.atomic && (left.length || right.length)) {
        // Most lists are as they were, and telling items apart costs more than comparing them.
        if (left.length !== right.length || !deepEqual(left, right))
          this.#lists(type.list!, left, right, path);
        return false;
      }
    }
    this.#leaf(before, after, path);
    return true;
  }

  #leaf(before: unknown, after: unknown, path: PathElement[]): void {
    if (before === undefined) this.added.insert(path);
    else if (after === undefined) this.removed.insert(path);
    else if (!deepEqual(before, after)) this.modified.insert(path);
  }

  // `there`: which of the two are structs, which have their nulls, and no stand-ins for nothing.
  #maps(map: MapForm, left: Fields, right: Fields, path: PathElement[], there: There): void {
    for (const name of Object.keys(left))
      this.#field(map, name, left[name], ownValue(right, name), path, there);
    for (const name of Object.keys(right)) {
      if (!Object.hasOwn(left, name)) this.#field(map, name, undefined, right[name], path, there);
    }
  }

  #nulls(map: MapForm, fields: Fields, path: PathElement[], set: SetBuilder): void {
    for (const name of map.nulls ?? []) {
      if (fields[name] !== undefined) continue;
      path.push(map.fields.get(name)!.element);
      set.insert(path);
      path.pop();
    }
  }

  #field(
    map: MapForm,
    name: string,
    before: unknown,
    after: unknown,
    path: PathElement[],
    there: There,
  ): void {
    if (before === after) return;
    const field = map.fields.get(name);
    const type = (field?.type ?? map.others)?.();
    if (!type) return;
    const nullWhenAbsent = this.#structs !== 'none' && field?.nullWhenAbsent;
    const left = nullWhenAbsent && there.before ? (before ?? null) : before;
    const right = nullWhenAbsent && there.after && this.#structs === 'both' ? (after ?? null) : after;
    path.push(field?.element ?? fieldElement(name));
    this.visit(type, left, right, path);
    path.pop();
  }

  #lists(list: ListForm, left: readonly unknown[], right: readonly unknown[], path: PathElement[]): void {
    const before = groupItems(list, left);
    const after = groupItems(list, right);
    for (const [element, olds] of before) this.#items(list, element, olds, after.get(element) ?? [], path);
    for (const [element, news] of after) if (!before.has(element)) this.#items(list, element, [], news, path);
  }

  // Items that are the same are compared together, as one.
  #items(
    list: ListForm,
    element: PathElement,
    olds: readonly unknown[],
    news: readonly unknown[],
    path: PathElement[],
  ): void {
    path.push(element);
    if (olds.length <= 1 && news.length <= 1) this.visit(list.item(), olds[0], news[0], path);
    else if (olds.length >= 2 && news.length >= 2) {
      if (!deepEqual(olds, news)) this.modified.insert(path);
    } else if (olds.length >= 2) {
      if (news.length) this.visit(list.item(), undefined, news[0], path);
      this.removed.insert(path);
    } else {
      if (olds.length) this.visit(list.item(), olds[0], undefined, path);
      this.added.insert(path);
    }
    path.pop();
  }
}

function groupItems(list: ListForm, items: readonly unknown[]): Map<PathElement, unknown[]> {
  const groups = new Map<PathElement, unknown[]>();
  for (const item of items) {
    const element = itemElement(list, item);
    const group = groups.get(element);
    if (group) group.push(item);
    else groups.set(element, [item]);
  }
  return groups;
}

function hasFields(fields: Fields): boolean {
  for (const _ in fields) return true;
  return false;
}

function ownValue(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}
