// Sets of fields, as trees: what one manager owns, what a change touched.
import { compareElements, type PathElement, showElement } from './path_element.ts';

/** Never changed once it is built; operations share the parts that stay the same. */
export interface FieldSet {
  /** Elements that are in the set themselves. */
  readonly members: ReadonlySet<PathElement>;
  /** Elements below which something is in the set. */
  readonly children: ReadonlyMap<PathElement, FieldSet>;
}

const noMembers: ReadonlySet<PathElement> = new Set();
const noChildren: ReadonlyMap<PathElement, FieldSet> = new Map();

export const emptySet: FieldSet = { members: noMembers, children: noChildren };

export function setOf(paths: Iterable<readonly PathElement[]>): FieldSet {
  const builder = new SetBuilder();
  for (const path of paths) builder.insert(path);
  return builder.build();
}

/** For walks that come upon paths one by one. */
export class SetBuilder {
  readonly #members = new Set<PathElement>();
  readonly #children = new Map<PathElement, SetBuilder>();

  /** The empty path is the whole object, which nobody owns. */
  insert(path: readonly PathElement[]): void {
    let node: SetBuilder = this;
    if (!path.length) return;
    for (let i = 0; i < path.length - 1; i++) node = node.#child(path[i]!);
    node.#members.add(path[path.length - 1]!);
  }

  build(): FieldSet {
    if (!this.#members.size && !this.#children.size) return emptySet;
    const children = new Map<PathElement, FieldSet>();
    for (const [element, child] of this.#children) children.set(element, child.build());
    return { members: this.#members, children };
  }

  #child(element: PathElement): SetBuilder {
    let child = this.#children.get(element);
    if (!child) this.#children.set(element, (child = new SetBuilder()));
    return child;
  }
}

export function isEmptySet(set: FieldSet): boolean {
  if (set.members.size) return false;
  for (const child of set.children.values()) if (!isEmptySet(child)) return false;
  return true;
}

export function hasPath(set: FieldSet, path: readonly PathElement[]): boolean {
  let node: FieldSet | undefined = set;
  for (let i = 0; i < path.length - 1 && node; i++) node = node.children.get(path[i]!);
  return path.length > 0 && node !== undefined && node.members.has(path[path.length - 1]!);
}

export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b || b === emptySet) return a;
  if (a === emptySet) return b;
  const children = new Map(a.children);
  for (const [element, child] of b.children) {
    const other = children.get(element);
    children.set(element, other ? union(other, child) : child);
  }
  return { members: b.members.size ? new Set([...a.members, ...b.members]) : a.members, children };
}

export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  const members = new Set<PathElement>();
  for (const element of a.members) if (b.members.has(element)) members.add(element);
  const children = new Map<PathElement, FieldSet>();
  for (const [element, child] of a.children) {
    const other = b.children.get(element);
    const common = other && intersection(child, other);
    if (common && !isEmptySet(common)) children.set(element, common);
  }
  return members.size || children.size ? { members, children } : emptySet;
}

/** What is in `a` and not in `b`, element by element: a field of `b` doesn't take what is below it along. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  if (b === emptySet) return a;
  return subtract(a, b, false);
}

/** Like `difference`, but a field of `b` takes everything below it along. */
export function recursiveDifference(a: FieldSet, b: FieldSet): FieldSet {
  if (b === emptySet) return a;
  return subtract(a, b, true);
}

function subtract(a: FieldSet, b: FieldSet, recursive: boolean): FieldSet {
  const members = new Set<PathElement>();
  for (const element of a.members) if (!b.members.has(element)) members.add(element);
  const children = new Map<PathElement, FieldSet>();
  for (const [element, child] of a.children) {
    if (recursive && b.members.has(element)) continue;
    const other = b.children.get(element);
    const rest = other ? subtract(child, other, recursive) : child;
    if (!other || !isEmptySet(rest)) children.set(element, rest);
  }
  return members.size || children.size ? { members, children } : emptySet;
}

/** Paths in upstream's order: what is at a level, then what is below. */
export function pathsOf(set: FieldSet): PathElement[][] {
  const paths: PathElement[][] = [];
  const visit = (node: FieldSet, prefix: PathElement[]) => {
    for (const element of [...node.members].sort(compareElements)) paths.push([...prefix, element]);
    for (const element of [...node.children.keys()].sort(compareElements)) {
      visit(node.children.get(element)!, [...prefix, element]);
    }
  };
  visit(set, []);
  return paths;
}

/** `.spec.containers[name="c"].image` */
export function showPath(path: readonly PathElement[]): string {
  return path.map(showElement).join('');
}
