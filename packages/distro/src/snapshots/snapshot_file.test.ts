import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { memoryStore } from '@kubets/storage';
import { encodeFrame, saveStore, snapshotMagic } from '@kubets/storage/snapshot/index.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readSnapshotFile, removePartials, summarizeSnapshot, writeSnapshotFile } from './snapshot_file.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kubets-snapshot-'));
  file = join(folder, 'a.snapshot');
});
afterEach(() => rmSync(folder, { recursive: true }));

const cluster = { name: 'dev', serviceCidr: '10.96.0.0/16', podCidr: '10.244.0.0/16' };
const head = Buffer.concat([snapshotMagic, encodeFrame({ type: 'about', about: { product: '1', cluster } })]);

async function* snapshot(start: Uint8Array = head) {
  yield start;
  const store = memoryStore();
  // What does not compress is stored as it is: no form but the checksum tells that it was changed.
  const value = crypto.getRandomValues(new Uint8Array(50_000));
  await store.commit({ key: '/registry/a/b', expect: 'absent', value });
  yield* saveStore(store, { takenAt: '2030-01-01T00:00:00Z' });
}

async function readAll(path = file): Promise<void> {
  for await (const _frame of readSnapshotFile(path));
}

test('a snapshot is its owner’s alone, and takes nobody’s place', async () => {
  await writeSnapshotFile(file, snapshot());
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const bytes = readFileSync(file);
  await expect(writeSnapshotFile(file, snapshot())).rejects.toThrow('EEXIST');
  expect(readFileSync(file)).toEqual(bytes);
  expect(readdirSync(folder)).toEqual(['a.snapshot']);
  expect(await summarizeSnapshot(file, { toTheEnd: true })).toMatchObject({ cluster, revision: 2 });
});

test('a file that gets the name meanwhile is not replaced', async () => {
  async function* slow() {
    yield* snapshot();
    writeFileSync(file, 'of another process');
  }
  await expect(writeSnapshotFile(file, slow())).rejects.toThrow('EEXIST');
  expect(readFileSync(file, 'utf8')).toBe('of another process');
  expect(readdirSync(folder)).toEqual(['a.snapshot']);
});

test('a source that fails, or ends early, leaves nothing and is closed', async () => {
  let closed = false;
  async function* broken() {
    try {
      yield head;
      yield encodeFrame({ type: 'store', revision: 7, takenAt: '2030-01-01T00:00:00Z' });
      throw new Error('the server is gone');
    } finally {
      closed = true;
    }
  }
  await expect(writeSnapshotFile(file, broken())).rejects.toThrow('the server is gone');
  async function* short() {
    yield head;
  }
  await expect(writeSnapshotFile(file, short())).rejects.toThrow('cut short');
  expect(closed).toBe(true);
  expect(readdirSync(folder)).toEqual([]);
});

test('a changed byte of a value is found by the checksum at the end', async () => {
  await writeSnapshotFile(file, snapshot());
  const bytes = readFileSync(file);
  bytes[Math.floor(bytes.length / 2)]! ^= 1;
  writeFileSync(file, bytes);
  await expect(readAll()).rejects.toThrow('damaged');
  await expect(summarizeSnapshot(file, { toTheEnd: true })).rejects.toThrow('damaged');
});

test('a store without a word about its cluster is no snapshot of one', async () => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of snapshot(snapshotMagic)) chunks.push(chunk);
  writeFileSync(file, gzipSync(Buffer.concat(chunks)));
  await expect(summarizeSnapshot(file)).rejects.toThrow('does not say which cluster');
});

test('what a killed process left is removed, what a living one writes is not', () => {
  mkdirSync(folder, { recursive: true });
  const gone = 2 ** 22 + 1;
  for (const name of [
    `a.snapshot.${gone}.partial`,
    'a.snapshot.1.partial',
    `b.snapshot.${gone}.partial`,
    'x.partial',
  ])
    writeFileSync(join(folder, name), '');
  removePartials(folder, 'a.snapshot.');
  expect(readdirSync(folder).sort()).toEqual([
    'a.snapshot.1.partial',
    `b.snapshot.${gone}.partial`,
    'x.partial',
  ]);
  removePartials(folder);
  expect(existsSync(join(folder, `b.snapshot.${gone}.partial`))).toBe(false);
});
