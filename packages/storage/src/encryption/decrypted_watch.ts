import type { Change, ChangeBatch } from '../store.ts';

export interface DecryptedWatchOptions {
  changes: AsyncIterable<ChangeBatch>;
  decrypt(change: Change): Promise<Change>;
  /** Batches that have come and aren't handed on yet; a commit waits for them (see Store.commit). */
  underway: Set<Promise<unknown>>;
}

/** A watch whose changes pass through `decrypt`, in order. */
export function decryptedWatch({
  changes,
  decrypt,
  underway,
}: DecryptedWatchOptions): AsyncIterable<ChangeBatch> {
  async function plain(result: IteratorResult<ChangeBatch>): Promise<IteratorResult<ChangeBatch>> {
    if (result.done) return result;
    const own: Change[] = [];
    for (const change of result.value.changes) own.push(await decrypt(change));
    return { done: false, value: { changes: own, revision: result.value.revision } };
  }
  return {
    [Symbol.asyncIterator]() {
      const inner = changes[Symbol.asyncIterator]();
      return {
        next() {
          const handed: Promise<IteratorResult<ChangeBatch>> = inner.next().then((result) => {
            underway.add(handed);
            return plain(result).finally(() => underway.delete(handed));
          });
          return handed;
        },
        async return() {
          await inner.return?.();
          return { done: true, value: undefined };
        },
      };
    },
  };
}
