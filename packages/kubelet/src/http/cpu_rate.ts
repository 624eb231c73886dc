/** Nanocores from two readings of a counter of nanoseconds: runtimes before CRI 1.23's field give only the counter. */
export class CpuRates {
  #last = new Map<string, { nanoSeconds: number; atMs: number; rate: number }>();

  /** Undefined at the first reading of that id. Call `keep` to forget those that have gone. */
  rate(id: string, nanoSeconds: number, atMs: number): number | undefined {
    const last = this.#last.get(id);
    // Readings close together say little; the last rate still holds.
    if (last && atMs - last.atMs < 1000) return last.rate >= 0 ? last.rate : undefined;
    const rate = last
      ? Math.max(0, Math.round(((nanoSeconds - last.nanoSeconds) / (atMs - last.atMs)) * 1000))
      : -1;
    this.#last.set(id, { nanoSeconds, atMs, rate });
    return rate >= 0 ? rate : undefined;
  }

  keep(ids: ReadonlySet<string>): void {
    for (const id of this.#last.keys()) if (!ids.has(id)) this.#last.delete(id);
  }
}
