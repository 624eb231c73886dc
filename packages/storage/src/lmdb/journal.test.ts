import { expect, test } from 'vitest';
import { checksumOf } from './checksum.ts';
import { frameBytes, Journal, type JournaledWrite, type JournalFile } from './journal.ts';
import { encodeRecord } from './record_codec.ts';
import type { HistoryRecord } from './tables.ts';

const pageBytes = 4_096;

/** A file in memory; `refuse` makes the next writes fail after so many bytes of each. */
function fileOf(pages: number) {
  const content = Buffer.alloc(pages * pageBytes);
  const state = { content, refuse: undefined as number | undefined };
  const file: JournalFile = {
    bytes: content.length,
    read: () => Buffer.from(content),
    async write(at, bytes) {
      content.set(bytes.subarray(0, state.refuse ?? bytes.length), at);
      if (state.refuse !== undefined) throw new Error('EIO');
    },
    close() {},
  };
  return { file, state };
}

function put(revision: number, length = 100): JournaledWrite {
  const value = new Uint8Array(length).fill(revision);
  const key = `/registry/pods/${revision}`;
  return write(revision, value, { type: 'put', key, createRevision: revision, checksum: checksumOf(value) });
}

const deletion = (revision: number) =>
  write(revision, null, { type: 'delete', key: '/registry/pods/gone', createRevision: 2, checksum: 0 });

function write(revision: number, value: Uint8Array | null, record: HistoryRecord): JournaledWrite {
  return { revision, value, record, encoded: encodeRecord(revision, record) };
}

const append = (journal: Journal, ...writes: JournaledWrite[]) => journal.append(writes, frameBytes(writes));
const revisions = (writes: JournaledWrite[]) => writes.map(({ revision }) => revision);

test('what was appended is there, but for what the tables have', async () => {
  const { file } = fileOf(8);
  const journal = new Journal(file, 7);
  const writes = [put(2), deletion(3), put(4, 0), put(5, 9_000)];
  await append(journal, writes[0]!, writes[1]!);
  await append(journal, writes[2]!);
  await append(journal, writes[3]!);
  expect(new Journal(file, 7).recover(1)).toEqual(writes);
  expect(new Journal(file, 7).recover(2)).toEqual(writes.slice(1));
  expect(new Journal(file, 7).recover(5)).toEqual([]);
  // Of another store, or of this one before it was closed.
  expect(new Journal(file, 8).recover(1)).toEqual([]);
});

test('frames go around the file, over those that the tables have', async () => {
  const { file } = fileOf(4);
  const journal = new Journal(file, 7);
  for (let revision = 2; revision < 100; revision++) {
    while (!journal.hasRoom(pageBytes)) journal.release(revision - 3);
    await append(journal, put(revision));
    const kept = revisions(new Journal(file, 7).recover(Math.max(1, revision - 3)));
    expect(kept).toEqual([revision - 2, revision - 1, revision].filter((each) => each > 1));
  }
  expect(journal.hasRoom(2 * pageBytes)).toBe(false);
  journal.release(99);
  expect(journal.hasRoom(4 * pageBytes)).toBe(true);
  expect(journal.hasRoom(5 * pageBytes)).toBe(false);
});

test('a frame that was cut short at any place is not there, and is gone before the next', async () => {
  for (const cut of [0, 5, 20, 31, 40, 60, 100, 2_000, pageBytes, 2 * pageBytes, 9_100]) {
    const { file, state } = fileOf(8);
    const journal = new Journal(file, 7);
    await append(journal, put(2), put(3));
    const before = Buffer.from(state.content);
    const torn = [put(4, 4_000), put(5, 5_000)];
    await append(journal, ...torn);
    const whole = Buffer.from(state.content);
    before.copy(state.content);
    whole.copy(state.content, pageBytes, pageBytes, pageBytes + cut);

    const next = new Journal(file, 7);
    expect(revisions(next.recover(1)), `cut after ${cut}`).toEqual([2, 3]);
    // It goes where it likes: of two frames for one revision only one may be there.
    next.release(3);
    await append(next, put(4));
    expect(new Journal(file, 7).recover(3), `cut after ${cut}`).toEqual([put(4)]);
  }
});

test('one that is damaged, with another after it, is not left out', async () => {
  const { file, state } = fileOf(8);
  const journal = new Journal(file, 7);
  for (const revision of [2, 3, 4]) await append(journal, put(revision));
  state.content[pageBytes + 100]! ^= 1;
  expect(() => new Journal(file, 7).recover(1)).toThrow('its journal lacks what comes after revision 2');
  expect(revisions(new Journal(file, 7).recover(3))).toEqual([4]);
  expect(() => new Journal(fileOf(8).file, 7).recover(1)).not.toThrow();
  state.content.fill(0, 0, pageBytes);
  expect(() => new Journal(file, 7).recover(1)).toThrow('its journal lacks what comes after revision 1');
});

test('a write that the disk refused is taken back, before anything else is written', async () => {
  const { file, state } = fileOf(8);
  const journal = new Journal(file, 7);
  await append(journal, put(2));
  // It is there whole, the disk says no, and no again when it is to be removed.
  state.refuse = pageBytes;
  const refused = put(3, 50);
  const removal = file.write;
  file.write = async (at, bytes) => {
    if (bytes.every((byte) => byte === 0)) throw new Error('EIO');
    return removal(at, bytes);
  };
  await expect(append(journal, refused)).rejects.toThrow('EIO');
  await expect(append(journal, put(3))).rejects.toThrow('EIO');
  expect(new Journal(file, 7).recover(1)).toEqual([put(2), refused]);
  file.write = removal;
  state.refuse = undefined;
  await append(journal, put(3));
  expect(new Journal(file, 7).recover(1)).toEqual([put(2), put(3)]);
});

test('a removal that a commit and a compaction both wait for is not written twice', async () => {
  const { file, state } = fileOf(8);
  const journal = new Journal(file, 7);
  const write = file.write;
  file.write = () => Promise.reject(new Error('EIO'));
  await expect(append(journal, put(2))).rejects.toThrow('EIO');
  // From now on the disk is slow to remove, and each time slower.
  const removals: (() => void)[] = [];
  file.write = async (at, bytes) => {
    if (bytes.every((byte) => byte === 0)) await new Promise<void>((resolve) => removals.push(resolve));
    await write(at, bytes);
  };
  const ofCompaction = journal.settle();
  const appended = append(journal, put(2));
  removals.at(-1)!();
  await appended;
  for (const resolve of removals) resolve();
  await ofCompaction;
  expect(state.refuse).toBeUndefined();
  expect(new Journal(file, 7).recover(1)).toEqual([put(2)]);
});
