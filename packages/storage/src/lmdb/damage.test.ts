import { createHash } from 'node:crypto';
import {
  copyFile,
  mkdtemp,
  open as openPath,
  readFile,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { seededRandom, silentLogger, systemClock } from '@kubets/base';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { prefixRange, type Store } from '../store.ts';
import { inspectFile } from './check_file.ts';
import { checksumOf, crc32InScript } from './checksum.ts';
import { openFile } from './lmdb_file.ts';
import { openLmdbStore } from './lmdb_store.ts';
import { compactStore, defragStore, verifyStore } from './maintenance.ts';
import { memoryFolder } from './memory_folder.ts';
import { encodeFirstFormat } from './record_codec.ts';

const timeout = 60_000;
let path: string;
/** A store that `fill` has made, to begin from. */
let filled: string;
beforeAll(async () => {
  path = filled = await mkdtemp(join(memoryFolder(), 'kubets-filled-'));
  await makeFilled();
});
afterAll(() => rm(filled, { recursive: true }));
beforeEach(async () => {
  path = await mkdtemp(join(memoryFolder(), 'kubets-damage-'));
});
afterEach(() => rm(path, { recursive: true }));

const options = { clock: systemClock, log: silentLogger };
const open = () => openLmdbStore({ path, ...options });
const pods = prefixRange('/registry/pods/');
const text = (value: Uint8Array) => new TextDecoder().decode(value);
const data = () => join(path, 'data.mdb');

/** 600 objects, some written again, some deleted, one of a megabyte. */
const fill = () => copyFile(join(filled, 'data.mdb'), data());

async function makeFilled() {
  const store = await open();
  const value = (i: number) => new Uint8Array(1_000).fill(i);
  const keys = Array.from({ length: 600 }, (_, i) => `/registry/pods/${i}`);
  const made = await Promise.all(
    keys.map((key, i) => store.commit({ key, expect: 'absent', value: value(i) })),
  );
  for (let i = 0; i < 100; i++) {
    await store.commit({ key: keys[i]!, expect: made[i]!.revision, value: i % 2 ? value(i + 1) : null });
  }
  const large = new Uint8Array(1_000_000).fill(7);
  await store.commit({ key: '/registry/pods/large', expect: 'absent', value: large });
  await store.close();
}

/** All that a store says of its pods, short enough to compare fast. */
async function contentsOf(store: Store): Promise<string> {
  const hash = createHash('sha256');
  for (const { value, ...entry } of (await store.list(pods)).entries) {
    hash.update(JSON.stringify(entry)).update(value);
  }
  return hash.digest('hex');
}

async function flip(at: number, length = 1) {
  const file = await openPath(data(), 'r+');
  const bytes = Buffer.alloc(length);
  await file.read(bytes, 0, length, at);
  for (let i = 0; i < length; i++) bytes[i]! ^= 0x55;
  await file.write(bytes, 0, length, at);
  await file.close();
}

describe('a store that is whole', { timeout }, () => {
  test('has no problems; its numbers are told', async () => {
    await fill();
    const report = await verifyStore(path);
    expect(report).toMatchObject({
      problems: [],
      contents: { format: 3, revision: 702, compacted: 1, objects: 551, changes: 701 },
    });
    expect(report.usedBytes).toBeLessThanOrEqual(report.fileBytes);
    expect(report.usedBytes).toBeGreaterThan(1_500_000);
  });

  test('is verified while it is in use, by a copy', async () => {
    await fill();
    const store = await open();
    await store.commit({ key: '/registry/pods/new', expect: 'absent', value: new Uint8Array(10) });
    // LMDB tells processes apart, not users within one: the copy's path is that of another process.
    expect((await verifyStore(path)).problems).toEqual([]);
    await store.close();
  });

  test('has none when a compaction ended halfway', async () => {
    const store = await open();
    const key = '/registry/pods/a';
    for (let life = 0; life < 3; life++) {
      const { revision } = await store.commit({ key, expect: 'absent', value: new Uint8Array(1) });
      await store.commit({ key, expect: revision, value: null });
    }
    await store.commit({ key, expect: 'absent', value: new Uint8Array(1) });
    await store.close();
    const file = openFile(path);
    await file.root.transaction(() => {
      void file.meta.put('compacted', 8);
      for (const revision of [3, 5, 7]) void file.history.remove(revision);
    });
    await file.root.close();
    expect((await verifyStore(path)).problems).toEqual([]);
    await (await open()).close();
    expect(await verifyStore(path)).toMatchObject({ problems: [], contents: { changes: 1, objects: 1 } });
  });

  test('is the same after compact and defrag, and smaller', async () => {
    await fill();
    let store = await open();
    const before = await contentsOf(store);
    await store.close();
    const compacted = await compactStore({ path, ...options });
    expect(compacted.revision).toBe(702);
    expect(compacted.after.usedBytes).toBeLessThan(compacted.before.usedBytes);
    const defragged = await defragStore(path);
    expect(defragged.after.fileBytes).toBeLessThan(defragged.before.fileBytes);
    expect(await verifyStore(path)).toMatchObject({
      problems: [],
      contents: { objects: 551, revision: 702, compacted: 702 },
    });
    expect((await stat(data())).mode & 0o077).toBe(0);
    store = await open();
    expect(await contentsOf(store)).toBe(before);
    expect(await store.commit({ key: '/registry/pods/x', expect: 'absent', value: null })).toMatchObject({
      ok: true,
    });
    await store.close();
  });
});

describe('a store that is damaged is refused with a reason, and verify tells it:', { timeout }, () => {
  const damages: Record<string, () => Promise<void>> = {
    emptied: () => truncate(data(), 0),
    'cut short within the first page': () => truncate(data(), 100),
    'cut in half': async () => truncate(data(), (await stat(data())).size >> 1),
    'without its end': async () => truncate(data(), (await stat(data())).size - 200_000),
    'another file': () => writeFile(data(), 'x'.repeat(100_000)),
    'first page overwritten': () => flip(0, 200),
    'second page overwritten': () => flip(16_384, 200),
  };
  test.each(Object.entries(damages))('%s', async (_, damage) => {
    await fill();
    await damage();
    await expect(open()).rejects.toThrow(/^the store in .* is damaged: .*`kubets store verify`/);
    const { problems } = await verifyStore(path);
    expect(problems.length).toBeGreaterThan(0);
  });

  test('any page with a broken header', async () => {
    await fill();
    const original = join(path, 'original');
    await copyFile(data(), original);
    const pages = Math.floor((await stat(data())).size / 16_384);
    const whole = inspectFile(path, { everything: true });
    expect(whole.problems).toEqual([]);
    let found = 0;
    for (let page = 2; page < pages; page++) {
      await copyFile(original, data());
      await flip(page * 16_384, 24);
      if (inspectFile(path, { everything: true }).problems.length > 0) found++;
    }
    // Pages that are free have no header that counts; the rest of a long value has none at all.
    const unseen = (whole.fileBytes - whole.usedBytes + 1_000_000) / 16_384;
    expect(found).toBeGreaterThan(20);
    expect(found).toBeGreaterThanOrEqual(pages - 2 - Math.ceil(unseen) - 1);
  });

  test('any byte, anywhere: never a crash, and nothing false is read', async () => {
    await fill();
    const store = await open();
    const truth = await contentsOf(store);
    await store.close();
    const original = join(path, 'original');
    await copyFile(data(), original);
    const { size } = await stat(data());
    const random = seededRandom(11);
    for (let round = 0; round < 60; round++) {
      await copyFile(original, data());
      await flip(Math.floor(random.next() * (size - 8)), 8);
      const { problems } = await verifyStore(path);
      try {
        const damaged = await open();
        try {
          expect(await contentsOf(damaged)).toBe(truth);
        } catch (error) {
          expect((error as Error).name).toBe('StoreDamagedError');
          expect(problems.length).toBeGreaterThan(0);
        } finally {
          await damaged.close();
        }
      } catch (error) {
        expect((error as Error).name).toBe('StoreDamagedError');
        expect(problems.length).toBeGreaterThan(0);
      }
    }
  });

  test('a write that meets a value it cannot read fails alone', async () => {
    await fill();
    const file = openFile(path);
    await file.values.put(500, new Uint8Array(5));
    await file.root.close();
    const store = await open();
    const value = new Uint8Array(1);
    const [broken, fine] = await Promise.allSettled([
      store.commit({ key: '/registry/pods/498', expect: 'absent', value }),
      store.commit({ key: '/registry/pods/fine', expect: 'absent', value }),
    ]);
    expect(broken).toMatchObject({ status: 'rejected', reason: { name: 'StoreDamagedError' } });
    expect(fine).toMatchObject({ status: 'fulfilled', value: { ok: true } });
    await store.close();
    expect((await verifyStore(path)).problems).toEqual([
      'the value of revision 500, of /registry/pods/498, is not what was written',
    ]);
  });

  test('a gap in the history', async () => {
    await fill();
    const file = openFile(path);
    await file.history.remove(650);
    await file.values.remove(650);
    await file.root.close();
    expect((await verifyStore(path)).problems).toEqual(['revisions 650 to 650 are missing']);
  });
});

describe('the format', { timeout }, () => {
  /** What the first version wrote: records without checksums. */
  async function makeFirstFormat(last: number) {
    await (await open()).close();
    const { root, meta, history, values } = openFile(path);
    await root.transaction(() => {
      void meta.put('format', 1);
      for (let revision = 2; revision <= last; revision++) {
        const key = `/registry/pods/${revision}`;
        void history.put(revision, encodeFirstFormat({ type: 'put', key, createRevision: revision }));
        void values.put(revision, Buffer.from(`value ${revision}`));
      }
      const key = '/registry/pods/2';
      void history.put(last + 1, encodeFirstFormat({ type: 'delete', key, createRevision: 2 }));
    });
    await root.close();
  }

  async function expectUpgraded(last: number) {
    const store = await open();
    expect(await store.revision()).toBe(last + 1);
    const { entries } = await store.list(pods);
    expect(entries).toHaveLength(last - 2);
    for (const { value, modRevision } of entries) expect(text(value)).toBe(`value ${modRevision}`);
    expect(text((await store.get('/registry/pods/2', last))!.value)).toBe('value 2');
    await store.close();
    expect(await verifyStore(path)).toMatchObject({ problems: [], contents: { format: 3 } });
  }

  test('of an older version is brought up to date', async () => {
    await makeFirstFormat(5_000);
    expect(await verifyStore(path)).toMatchObject({ problems: [], contents: { format: 1 } });
    await expectUpgraded(5_000);
  });

  test('upgrade goes on where a crash has ended it', async () => {
    await makeFirstFormat(5_000);
    await expectUpgraded(5_000);
    // As if the process had died after the first 3,000: the rest is of the old form.
    const { root, meta, history } = openFile(path);
    await root.transaction(() => {
      void meta.put('upgraded', 3_000);
      for (let revision = 3_001; revision <= 5_000; revision++) {
        const key = `/registry/pods/${revision}`;
        void history.put(revision, encodeFirstFormat({ type: 'put', key, createRevision: revision }));
      }
      const key = '/registry/pods/2';
      void history.put(5_001, encodeFirstFormat({ type: 'delete', key, createRevision: 2 }));
    });
    await root.close();
    expect((await verifyStore(path)).problems).toEqual([]);
    await expectUpgraded(5_000);
  });

  test('of a newer version is refused and not touched', async () => {
    await (await open()).close();
    const { root, meta } = openFile(path);
    await meta.put('format', 99);
    await root.close();
    await expect(open()).rejects.toThrow(
      'has format 99, which a newer version of kubets has written; this one reads formats up to 3',
    );
    const again = openFile(path);
    expect(again.meta.get('format')).toBe(99);
    await again.root.close();
    const before = await readFile(data());
    for (const refused of [compactStore({ path, ...options }), defragStore(path)]) {
      await expect(refused).rejects.toThrow('which a newer version of kubets has written');
    }
    expect(await readFile(data())).toEqual(before);
    const { problems, contents } = await verifyStore(path);
    expect(problems).toEqual(['it has format 99, this version of kubets reads 1 to 3']);
    expect(contents).toBeUndefined();
  });
});

test('checksums are the same with and without native help', () => {
  const bytes = new Uint8Array(1_000).map((_, i) => i * 31);
  for (const start of [0, 1, 123_456_789]) {
    expect(crc32InScript(bytes, start) | 0).toBe(checksumOf(bytes, start));
  }
  expect(checksumOf(Buffer.from('123456789')) >>> 0).toBe(0xcbf43926);
});
