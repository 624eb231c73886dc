import type { KubeObject } from '@kubets/api';

/** Who depends on whom: for each owner's uid the items that name it. Objects without owners cost nothing. */
export class OwnerGraph {
  readonly #dependents = new Map<string, Set<string>>();

  observe(item: string, object: KubeObject | undefined, old: KubeObject | undefined): void {
    const before = ownerUids(old);
    const after = ownerUids(object);
    for (const uid of before) if (!after.includes(uid)) this.#remove(uid, item);
    for (const uid of after) {
      let items = this.#dependents.get(uid);
      if (!items) this.#dependents.set(uid, (items = new Set()));
      items.add(item);
    }
  }

  dependentsOf(uid: string): readonly string[] {
    const items = this.#dependents.get(uid);
    return items ? [...items] : [];
  }

  /** Owners that something depends on. */
  get size(): number {
    return this.#dependents.size;
  }

  #remove(uid: string, item: string): void {
    const items = this.#dependents.get(uid);
    if (!items?.delete(item)) return;
    if (items.size === 0) this.#dependents.delete(uid);
  }
}

function ownerUids(object: KubeObject | undefined): readonly string[] {
  return object?.metadata.ownerReferences?.map(({ uid }) => uid) ?? [];
}
