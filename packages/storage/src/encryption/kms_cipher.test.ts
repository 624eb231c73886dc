import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger, systemClock } from '@kubets/base';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { memoryStore } from '../memory_store.ts';
import { encryptedStore } from './encrypted_store.ts';
import { kmsCipher } from './kms_cipher.ts';
import { type FakeKms, startFakeKms } from './testing/fake_kms.ts';

const value = new TextEncoder().encode('{"kind":"Secret"}');
const key = '/registry/secrets/default/golden';

let folder: string;
let kms: FakeKms;
let aheadMs = 0;
const clock = { ...systemClock, now: () => systemClock.now() + aheadMs };
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubets-kms-'));
  kms = await startFakeKms(join(folder, 'kms.sock'));
});
afterEach(async () => {
  kms.stop();
  await rm(folder, { recursive: true });
});
const open = () =>
  kmsCipher({ name: 'test', endpoint: `unix://${join(folder, 'kms.sock')}`, timeoutMs: 3_000, clock });

test('wraps one seed and derives the key of each value from it', async () => {
  const cipher = open();
  const first = await cipher.encrypt(value, key);
  const second = await cipher.encrypt(value, key);
  expect(Buffer.from(first).equals(Buffer.from(second))).toBe(false);
  expect(Buffer.from(first).includes('Secret')).toBe(false);
  expect(kms.calls).toEqual({ Status: 1, Encrypt: 1, Decrypt: 0 });
  const reader = open();
  for (const data of [first, second])
    expect(Buffer.from(await reader.decrypt(data, key))).toEqual(Buffer.from(value));
  expect(kms.calls.Decrypt).toBe(1);
  await expect(reader.decrypt(first, `${key}-moved`)).rejects.toThrow();
});

test('takes a new seed once the plugin has another key, and knows what is old', async () => {
  const cipher = open();
  const old = await cipher.encrypt(value, key);
  kms.keyNumber = 2;
  expect(cipher.isCurrent!(old)).toBe(true);
  aheadMs += 60_000;
  const current = await cipher.encrypt(value, key);
  expect([cipher.isCurrent!(old), cipher.isCurrent!(current)]).toEqual([false, true]);
  expect(kms.calls.Encrypt).toBe(2);
  for (const data of [old, current])
    expect(Buffer.from(await cipher.decrypt(data, key))).toEqual(Buffer.from(value));
});

test('writes nothing while the plugin is not well, and goes on afterwards', async () => {
  const cipher = open();
  kms.healthz = 'locked';
  await expect(cipher.encrypt(value, key)).rejects.toThrow('KMS test is not healthy: locked');
  kms.healthz = 'ok';
  expect((await cipher.encrypt(value, key)).length).toBeGreaterThan(value.length);
});

test('goes on for three minutes with the key that it has, and asks once for all writes of a moment', async () => {
  const cipher = open();
  const several = () => Promise.all([1, 2, 3].map(() => cipher.encrypt(value, key)));
  await several();
  expect(kms.calls).toMatchObject({ Status: 1, Encrypt: 1 });
  kms.healthz = 'locked';
  aheadMs += 120_000;
  await several();
  expect(kms.calls).toMatchObject({ Status: 2, Encrypt: 1 });
  aheadMs += 61_000;
  await expect(several()).rejects.toThrow('is not healthy');
});

test('tells a plugin that is away from a value that it cannot read', async () => {
  const plain = memoryStore();
  const rules = [
    { resources: ['*.*'], providers: [{ type: 'kms', name: 'test', endpoint: '', timeoutMs: 1 }] },
  ] as const;
  const openStore = () =>
    encryptedStore({
      store: plain,
      rules,
      resourceOf: () => ({ group: '', resource: 'secrets' }),
      kmsCipher: open,
      log: silentLogger,
    });
  await openStore().commit({ key, expect: 'absent', value });
  expect(Buffer.from((await openStore().get(key))!.value)).toEqual(Buffer.from(value));
  kms.stop();
  await expect(openStore().get(key)).rejects.toMatchObject({ name: 'KeyUnavailableError' });
  const watch = openStore().watch({ start: '/', end: '0' }, 1, new AbortController().signal);
  await expect(watch[Symbol.asyncIterator]().next()).rejects.toMatchObject({ name: 'KeyUnavailableError' });
});
