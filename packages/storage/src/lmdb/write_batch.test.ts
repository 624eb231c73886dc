import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import type { LmdbFile } from './lmdb_file.ts';
import { writeBatch } from './write_batch.ts';

test('once LMDB has given up it is not asked again: it would leave the question open', async () => {
  let asked = 0;
  let gaveUp = false;
  const failure = Object.assign(new Error('Commit failed'), {
    commitError: Promise.reject(Object.assign(new Error('Input/output error'), { code: 5 })),
  });
  const root = {
    batch() {
      asked++;
      return Promise.reject(failure);
    },
    getStats() {
      if (gaveUp) throw Object.assign(new Error('MDB_PANIC'), { code: -30795 });
      return {};
    },
  };
  const file = { path: tmpdir(), root } as unknown as LmdbFile;
  await expect(writeBatch(file, () => {})).rejects.toThrow('Input/output error');
  gaveUp = true;
  await expect(writeBatch(file, () => {})).rejects.toThrow('Input/output error');
  await expect(writeBatch(file, () => {})).rejects.toThrow(
    'a write to LMDB has failed halfway: nothing more can be written before the server is started again',
  );
  expect(asked).toBe(2);
});
