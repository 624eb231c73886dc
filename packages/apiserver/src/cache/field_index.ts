/** Keys of one resource's entries by the value of one of their fields: the pods of a node, without reading all pods. */
export class FieldIndex {
  readonly #valueOf = new Map<string, string>();
  readonly #keys = new Map<string, Set<string>>();

  set(key: string, value: string): void {
    const before = this.#valueOf.get(key);
    if (before === value) return;
    if (before !== undefined) this.delete(key);
    this.#valueOf.set(key, value);
    const keys = this.#keys.get(value);
    if (keys) keys.add(key);
    else this.#keys.set(value, new Set([key]));
  }

  delete(key: string): void {
    const value = this.#valueOf.get(key);
    if (value === undefined) return;
    this.#valueOf.delete(key);
    const keys = this.#keys.get(value)!;
    keys.delete(key);
    if (keys.size === 0) this.#keys.delete(value);
  }

  keysOf(value: string): Iterable<string> {
    return this.#keys.get(value) ?? [];
  }
}
