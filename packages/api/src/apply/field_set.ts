// Sets of fields, as trees: what one manager owns, what a change touched.
import { type PathElement, showElement, sortElements } from './path_element.ts';

/** Never changed once it is built; operations share the parts that stay the same. */
export interface FieldSet {
  /** Elements that are in the set themselves. */
  readonly members: ReadonlySet<PathElement>;
  /** Elements below which something is in the set. */
  readonly children: ReadonlyMap<PathElement, FieldSet>;
}

const noMembers: ReadonlySet<PathElement> = new Set();
const noChildren: ReadonlyMap<PathElement, FieldSet> = new Map();
const noBuilders: ReadonlyMap<PathElement, BuilderNode> = new Map();

export const emptySet: FieldSet = { members: noMembers, children: noChildren };

export function setOf(paths: Iterable<readonly PathElement[]>): FieldSet {
  const builder = new SetBuilder();
  for (const path of paths) builder.insert(path);
  return builder.build();
}

/** For walks that come upon paths one by one, neighbours mostly with a common beginning. */
export class SetBuilder {
  readonly #root = new BuilderNode();
  #path: PathElement[] = [];
  #nodes: BuilderNode[] = [this.#root];

  /** The empty path is the whole object, which nobody owns. The array may be changed afterwards. */
  insert(path: readonly PathElement[]): void {
    const last = path.length - 1;
    if (last < 0) return;
    let depth = 0;
    while (depth < last && depth < this.#path.length && this.#path[depth] === path[depth]) depth++;
    this.#path.length = depth;
    this.#nodes.length = depth + 1;
    for (; depth < last; depth++) {
      this.#path.push(path[depth]!);
      this.#nodes.push(this.#nodes[depth]!.child(path[depth]!));
    }
    this.#nodes[last]!.add(path[last]!);
  }

  build(): FieldSet {
    return this.#root.members.size || this.#root.children.size ? this.#root : emptySet;
  }
}

// Most nodes have either members or children, so neither is made before it is needed.
class BuilderNode implements FieldSet {
  members: ReadonlySet<PathElement> = noMembers;
  children: ReadonlyMap<PathElement, BuilderNode> = noBuilders;

  add(element: PathElement): void {
    if (this.members === noMembers) this.members = new Set();
    (this.members as Set<PathElement>).add(element);
  }

  child(element: PathElement): BuilderNode {
    let child = this.children.get(element);
    if (!child) {
      if (this.children === noBuilders) this.children = new Map();
      (this.children as Map<PathElement, BuilderNode>).set(element, (child = new BuilderNode()));
    }
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

// Operations give back an argument itself where it is the result, so that callers see that nothing changed.

export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b || b === emptySet) return a;
  if (a === emptySet) return b;
  let members = a.members;
  for (const element of b.members) {
    if (members.has(element)) continue;
    if (members === a.members) members = new Set(a.members);
    (members as Set<PathElement>).add(element);
  }
  let children = a.children;
  for (const [element, child] of b.children) {
    const other = a.children.get(element);
    const both = other ? union(other, child) : child;
    if (both === other) continue;
    if (children === a.children) children = new Map(a.children);
    (children as Map<PathElement, FieldSet>).set(element, both);
  }
  return members === a.members && children === a.children ? a : { members, children };
}

export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  if (a === emptySet || b === emptySet) return emptySet;
  const members = new Set<PathElement>();
  for (const element of b.members) if (a.members.has(element)) members.add(element);
  const children = new Map<PathElement, FieldSet>();
  for (const [element, child] of b.children) {
    const other = a.children.get(element);
    const common = other && intersection(other, child);
    if (common && !isEmptySet(common)) children.set(element, common);
  }
  return members.size || children.size ? { members, children } : emptySet;
}

/** What is in `a` and not in `b`, element by element: a field of `b` doesn't take what is below it along. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  return subtract(a, b, false);
}

/** Like `difference`, but a field of `b` takes everything below it along. */
export function recursiveDifference(a: FieldSet, b: FieldSet): FieldSet {
  return subtract(a, b, true);
}

function subtract(a: FieldSet, b: FieldSet, recursive: boolean): FieldSet {
  if (a === emptySet || b === emptySet) return a;
  let members = a.members;
  let children = a.children;
  for (const element of b.members) {
    if (members.has(element)) {
      if (members === a.members) members = new Set(a.members);
      (members as Set<PathElement>).delete(element);
    }
    if (recursive && children.has(element)) {
      if (children === a.children) children = new Map(a.children);
      (children as Map<PathElement, FieldSet>).delete(element);
    }
  }
  for (const [element, taken] of b.children) {
    const child = children.get(element);
    if (!child) continue;
    const rest = subtract(child, taken, recursive);
    if (rest === child && !isEmptySet(rest)) continue;
    if (children === a.children) children = new Map(a.children);
    if (isEmptySet(rest)) (children as Map<PathElement, FieldSet>).delete(element);
    else (children as Map<PathElement, FieldSet>).set(element, rest);
  }
  if (members === a.members && children === a.children) return a;
  return members.size || children.size ? { members, children } : emptySet;
}

/** Paths in upstream's order: what is at a level, then what is below. */
export function pathsOf(set: FieldSet): PathElement[][] {
  const paths: PathElement[][] = [];
  const visit = (node: FieldSet, prefix: PathElement[]) => {
    for (const element of sortElements(node.members)) paths.push([...prefix, element]);
    for (const element of sortElements(node.children.keys())) {
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
