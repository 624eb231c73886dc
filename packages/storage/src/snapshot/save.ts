import type { Bytes, Range, Revision, Store } from '../store.ts';
import { encodeFrame } from './frames.ts';

/** Every key a store may hold: they are printable ASCII. */
export const everyKey: Range = { start: '\x00', end: '\x7f' };

const pageEntries = 500;
const chunkBytes = 256 * 1024;

/**
 * The frames of a store as it stands at one revision, while writes go on. Chunks of about 256 KiB.
 * @throws CompactedError when compaction overtakes a reader that is slower than the time history is kept.
 */
export async function* saveStore(
  store: Store,
  options: { takenAt: string; range?: Range },
): AsyncGenerator<Bytes> {
  const { end } = options.range ?? everyKey;
  let { start } = options.range ?? everyKey;
  let at: Revision | undefined;
  let entries = 0;
  let chunks: Bytes[] = [];
  let length = 0;
  const add = (bytes: Bytes) => {
    chunks.push(bytes);
    length += bytes.length;
  };
  const flush = () => {
    const whole = joined(chunks, length);
    chunks = [];
    length = 0;
    return whole;
  };
  for (;;) {
    const page = await store.list({ start, end }, { limit: pageEntries, at });
    if (at === undefined) {
      at = page.revision;
      add(encodeFrame({ type: 'store', revision: at, takenAt: options.takenAt }));
    }
    for (const entry of page.entries) {
      add(encodeFrame({ type: 'entry', entry }));
      entries++;
      if (length >= chunkBytes) yield flush();
    }
    const last = page.entries.at(-1);
    if (!last || page.remaining === 0) break;
    start = `${last.key}\0`;
  }
  add(encodeFrame({ type: 'end', entries }));
  yield flush();
}

function joined(chunks: readonly Bytes[], length: number): Bytes {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
