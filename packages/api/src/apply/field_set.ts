// A set of field paths as a tree, and its form on the wire (fieldsV1, structured-merge-diff v6). Path elements
// are kept as they are written there: `f:name` a field, `k:{...}` an item by keys, `v:...` an item by value,
// `i:0` an item by position.

export type PathElement = string;

export class FieldSet {
  /** The path up to here is in the set. */
  member = false;
  readonly children = new Map<PathElement, FieldSet>();

  static fromFieldsV1(fields: unknown): FieldSet {
    const root = new FieldSet();
    if (typeof fields !== 'object' || fields === null) return root;
    readInto(root, fields as Record<string, unknown>);
    return root;
  }

  /** Sorted as upstream writes it. */
  toFieldsV1(): Record<string, unknown> {
    const out: Record<string, unknown> = {};
    for (const element of [...this.children.keys()].sort(compareElements)) {
      const child = this.children.get(element)!;
      if (child.children.size === 0) out[element] = {};
      else out[element] = child.member ? { '.': {}, ...child.toFieldsV1() } : child.toFieldsV1();
    }
    return out;
  }

  get isEmpty(): boolean {
    return !this.member && this.children.size === 0;
  }

  child(element: PathElement): FieldSet | undefined {
    return this.children.get(element);
  }

  /** The set below `element`, made when it is not there. Leave it empty only for a moment: empty sets are pruned. */
  descend(element: PathElement): FieldSet {
    let child = this.children.get(element);
    if (!child) {
      child = new FieldSet();
      this.children.set(element, child);
    }
    return child;
  }

  union(other: FieldSet): FieldSet {
    const out = new FieldSet();
    out.member = this.member || other.member;
    for (const [element, child] of this.children) {
      const theirs = other.children.get(element);
      out.children.set(element, theirs ? child.union(theirs) : child);
    }
    for (const [element, child] of other.children) {
      if (!this.children.has(element)) out.children.set(element, child);
    }
    return out;
  }

  intersection(other: FieldSet): FieldSet {
    const out = new FieldSet();
    out.member = this.member && other.member;
    for (const [element, child] of this.children) {
      const theirs = other.children.get(element);
      if (theirs) out.#put(element, child.intersection(theirs));
    }
    return out;
  }

  /** Paths of this set that are not in `other`. */
  difference(other: FieldSet): FieldSet {
    const out = new FieldSet();
    out.member = this.member && !other.member;
    for (const [element, child] of this.children) {
      const theirs = other.children.get(element);
      out.#put(element, theirs ? child.difference(theirs) : child);
    }
    return out;
  }

  /** Adds each named field that has something of the set below it. */
  withNamedParents(): FieldSet {
    const out = new FieldSet();
    out.member = this.member;
    for (const [element, child] of this.children) {
      const next = child.withNamedParents();
      if (element.startsWith('f:')) next.member = true;
      out.children.set(element, next);
    }
    return out;
  }

  /** All paths of the set, in order. */
  *paths(prefix: readonly PathElement[] = []): Generator<readonly PathElement[]> {
    if (this.member) yield prefix;
    for (const element of [...this.children.keys()].sort(compareElements)) {
      yield* this.children.get(element)!.paths([...prefix, element]);
    }
  }

  #put(element: PathElement, set: FieldSet): void {
    if (!set.isEmpty) this.children.set(element, set);
  }
}

function readInto(set: FieldSet, fields: Record<string, unknown>): void {
  for (const [element, value] of Object.entries(fields)) {
    if (element === '.') {
      set.member = true;
      continue;
    }
    const child = set.descend(element);
    const below = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
    if (Object.keys(below).length === 0) child.member = true;
    else readInto(child, below);
  }
}

// Upstream sorts by kind of element first: fields, keys, values, positions.
const kindOrder = 'fkvi';

export function compareElements(a: PathElement, b: PathElement): number {
  const kinds = kindOrder.indexOf(a[0]!) - kindOrder.indexOf(b[0]!);
  if (kinds !== 0) return kinds;
  return a < b ? -1 : a > b ? 1 : 0;
}
