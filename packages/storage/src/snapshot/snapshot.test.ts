import { describe, expect, test } from 'vitest';
import { memoryStore } from '../memory_store.ts';
import type { Store } from '../store.ts';
import {
  decodeFrames,
  encodeFrame,
  everyKey,
  refusePartOfSnapshot,
  restoreIntoStore,
  saveStore,
  snapshotMagic,
} from './index.ts';

const text = (value: string) => new TextEncoder().encode(value);
const read = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

async function put(store: Store, key: string, value: string) {
  const current = await store.get(key);
  return store.commit({ key, expect: current?.modRevision ?? 'absent', value: text(value) });
}

async function* pieces(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function saved(store: Store): Promise<Uint8Array> {
  const chunks = [snapshotMagic];
  for await (const chunk of saveStore(store, { takenAt: '2030-01-01T00:00:00Z' })) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe('snapshots', () => {
  test('come back whole, however the stream is cut', async () => {
    const store = memoryStore();
    for (let index = 0; index < 1_200; index++)
      await put(store, `/registry/pods/p-${index}`, `value ${index}`);
    const bytes = await saved(store);
    for (const size of [7, 4_096, bytes.length]) {
      const copy = memoryStore();
      expect(await restoreIntoStore(decodeFrames(pieces(bytes, size)), copy)).toBe(1_200);
      const page = await copy.list(everyKey);
      expect(page.entries).toHaveLength(1_200);
      expect(read((await copy.get('/registry/pods/p-77'))!.value)).toBe('value 77');
    }
  });

  test('hold one revision, while writes go on', async () => {
    const store = memoryStore();
    for (let index = 0; index < 1_200; index++) {
      await put(store, `/registry/a/${String(index).padStart(4, '0')}`, 'x'.repeat(500));
    }
    const chunks = [snapshotMagic];
    for await (const chunk of saveStore(store, { takenAt: '2030-01-01T00:00:00Z' })) {
      chunks.push(chunk);
      await put(store, '/registry/a/1199', 'changed meanwhile');
      await put(store, `/registry/z/${chunks.length}`, 'new meanwhile');
    }
    const copy = memoryStore();
    await restoreIntoStore(decodeFrames(pieces(Buffer.concat(chunks), 65_536)), copy);
    expect((await copy.list(everyKey)).entries).toHaveLength(1_200);
    expect(read((await copy.get('/registry/a/1199'))!.value)).toBe('x'.repeat(500));
  });

  test('raise the revision past that of the old store', async () => {
    const store = memoryStore();
    for (let index = 0; index < 300; index++) await put(store, '/registry/pods/p', `${index}`);
    const revision = await store.revision();
    const copy = memoryStore();
    await restoreIntoStore(decodeFrames(pieces(await saved(store), 4_096)), copy);
    expect((await copy.get('/registry/pods/p'))!.modRevision).toBeGreaterThan(revision);
    expect((await copy.list(everyKey)).entries.map(({ key }) => key)).toEqual(['/registry/pods/p']);
  });

  test('never go into a store that holds something', async () => {
    const store = memoryStore();
    await put(store, '/registry/pods/p', 'old');
    const bytes = await saved(store);
    await expect(restoreIntoStore(decodeFrames(pieces(bytes, 4_096)), store)).rejects.toThrow('is not empty');
    expect(read((await store.get('/registry/pods/p'))!.value)).toBe('old');
  });

  test('go on where they were broken off, and the part is told from a whole', async () => {
    const store = memoryStore();
    for (let index = 0; index < 600; index++) await put(store, `/registry/a/${index}`, `value ${index}`);
    const bytes = await saved(store);
    const copy = memoryStore();
    const failing: Store = {
      ...copy,
      commit: async (write) => {
        if (write.key === '/registry/a/400') throw new Error('the process ends');
        return copy.commit(write);
      },
      get: (...args) => copy.get(...args),
      list: (...args) => copy.list(...args),
      revision: () => copy.revision(),
    };
    await expect(restoreIntoStore(decodeFrames(pieces(bytes, 4_096)), failing)).rejects.toThrow('ends');
    await expect(refusePartOfSnapshot(copy)).rejects.toThrow(/a part of a snapshot only, of revision \d+/);
    const partial = (await copy.list(everyKey)).entries.length;
    expect(partial).toBeGreaterThan(100);

    await put(store, '/registry/a/1', 'later');
    const later = saved(store);
    await expect(restoreIntoStore(decodeFrames(pieces(await later, 4_096)), copy)).rejects.toThrow(
      'a restore of another snapshot, of revision 601,',
    );
    await restoreIntoStore(decodeFrames(pieces(bytes, 4_096)), copy);
    await refusePartOfSnapshot(copy);
    const { entries } = await copy.list(everyKey);
    expect(entries.map(({ key, value }) => [key, read(value)])).toEqual(
      Array.from({ length: 600 }, (_, index) => [`/registry/a/${index}`, `value ${index}`]).sort((a, b) =>
        a[0]! < b[0]! ? -1 : 1,
      ),
    );
  });

  test('close what they are read from, whenever reading stops', async () => {
    const store = memoryStore();
    await put(store, '/registry/pods/p', 'value');
    const bytes = await saved(store);
    let closed = 0;
    async function* source(end: number) {
      try {
        yield* pieces(bytes.subarray(0, end), 16);
      } finally {
        closed++;
      }
    }
    for await (const frame of decodeFrames(source(bytes.length))) if (frame.type === 'store') break;
    expect(closed).toBe(1);
    await expect(restoreIntoStore(decodeFrames(source(30)), memoryStore())).rejects.toThrow('cut short');
    expect(closed).toBe(2);
  });

  test('are read to the end of their stream, where a checksum may stand', async () => {
    const store = memoryStore();
    const bytes = await saved(store);
    async function* source() {
      yield bytes;
      throw new Error('incorrect data check');
    }
    await expect(restoreIntoStore(decodeFrames(source()), memoryStore())).rejects.toThrow('incorrect data');
  });

  test.each([
    ['followed by something', (bytes: Uint8Array) => Buffer.concat([bytes, bytes]), 'follows its end'],
    ['nothing', (): Uint8Array => new Uint8Array(0), 'no snapshot of kubets'],
    [
      'another file',
      () => text('#!/bin/sh\necho this is something else entirely\n'),
      'no snapshot of kubets',
    ],
    ['a cut one', (bytes: Uint8Array) => bytes.subarray(0, bytes.length - 20), 'cut short'],
    [
      'one that lost an entry',
      (bytes: Uint8Array) => {
        const end = encodeFrame({ type: 'end', entries: 2 });
        return Buffer.concat([
          bytes.subarray(0, bytes.length - end.length),
          encodeFrame({ type: 'end', entries: 3 }),
        ]);
      },
      'has 2 of 3 entries',
    ],
    [
      'a frame of an unknown type',
      (bytes: Uint8Array) =>
        Buffer.concat([bytes.subarray(0, snapshotMagic.length), new Uint8Array([99, 0, 0, 0, 0])]),
      'damaged',
    ],
    [
      'a length past all bounds',
      (bytes: Uint8Array) =>
        Buffer.concat([bytes.subarray(0, snapshotMagic.length), new Uint8Array([4, 255, 255, 255, 255])]),
      'damaged',
    ],
  ])('are refused when they are %s', async (_name, damage, message) => {
    const store = memoryStore();
    await put(store, '/registry/pods/a', 'a');
    await put(store, '/registry/pods/b', 'b');
    const bytes = damage(await saved(store));
    const all = async () => {
      for await (const _frame of decodeFrames(pieces(bytes, 100)));
    };
    await expect(all()).rejects.toThrow(message);
  });
});
