// What a manager owns, in either form, made into the other when that is needed: most writes concern one manager
// and a few fields, and need not read what all the others own.
import { difference, type FieldSet, isEmptySet, union } from './field_set.ts';
import { type FieldsV1, readFieldsV1, writeFieldsV1 } from './fields_v1.ts';

/** Never changed. */
export class OwnedFields {
  #fields: FieldsV1 | undefined;
  #set: FieldSet | undefined;

  private constructor(fields: FieldsV1 | undefined, set: FieldSet | undefined) {
    this.#fields = fields;
    this.#set = set;
  }

  static ofSet(set: FieldSet): OwnedFields {
    return new OwnedFields(undefined, set);
  }

  /** Malformed fields are found when the set is asked for. */
  static ofFields(fields: FieldsV1): OwnedFields {
    return new OwnedFields(fields, undefined);
  }

  /** Throws FieldsProblem for what isn't FieldsV1. */
  get set(): FieldSet {
    return (this.#set ??= readFieldsV1(this.#fields));
  }

  get fields(): FieldsV1 {
    return (this.#fields ??= writeFieldsV1(this.#set!));
  }

  get isEmpty(): boolean {
    if (this.#set) return isEmptySet(this.#set);
    for (const _ in this.#fields) return false;
    return true;
  }

  /** Itself where it has none of `taken`. */
  minus(taken: FieldSet): OwnedFields {
    if (!touches(this.fields, taken)) return this;
    return OwnedFields.ofSet(difference(this.set, taken));
  }

  /** Itself where it has all of `added`. */
  plus(added: FieldSet): OwnedFields {
    if (contains(this.fields, added)) return this;
    return OwnedFields.ofSet(union(this.set, added));
  }

  /** What `read` makes of the set; itself where that is the same set. */
  map(change: (set: FieldSet) => FieldSet): OwnedFields {
    const next = change(this.set);
    return next === this.set ? this : OwnedFields.ofSet(next);
  }

  /** True where something of `set` is owned. */
  touches(set: FieldSet): boolean {
    return touches(this.fields, set);
  }
}

// These walk the other set, which is small, and look up the fields as they are written. Whoever writes managed
// fields writes elements in one way, and what clients send is read and written anew.

function touches(fields: FieldsV1, set: FieldSet): boolean {
  for (const element of set.members) if (isMember(fields, element)) return true;
  for (const [element, below] of set.children) {
    if (Object.hasOwn(fields, element) && touches(fields[element]!, below)) return true;
  }
  return false;
}

function contains(fields: FieldsV1, set: FieldSet): boolean {
  for (const element of set.members) if (!isMember(fields, element)) return false;
  for (const [element, below] of set.children) {
    if (!Object.hasOwn(fields, element) || !contains(fields[element]!, below)) return false;
  }
  return true;
}

function isMember(fields: FieldsV1, element: string): boolean {
  if (!Object.hasOwn(fields, element)) return false;
  const below = fields[element]!;
  if (Object.hasOwn(below, '.')) return true;
  for (const _ in below) return false;
  return true;
}
