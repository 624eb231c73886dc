/** Uids that nothing has any more, the last few hundred: a uid never comes back. */
export class AbsentOwners {
  readonly #uids = new Set<string>();
  readonly #limit = 500;

  has(uid: string): boolean {
    return this.#uids.has(uid);
  }

  add(uid: string): void {
    this.#uids.delete(uid);
    this.#uids.add(uid);
    for (const oldest of this.#uids) {
      if (this.#uids.size <= this.#limit) break;
      this.#uids.delete(oldest);
    }
  }
}
