import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConfigMap, notFound, type Secret, type Volume } from '@kubets/api';
import { FakeClock, seededRandom } from '@kubets/base';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { nullHost } from '../host/null_host.ts';
import type { KubeletParts } from '../kubelet_parts.ts';
import { linuxFiles } from '../linux/linux_files.ts';
import { testNode, testPod } from '../pod/fixtures.ts';
import type { PodTask } from '../steps/pod_step.ts';
import { writeAtomically } from './atomic_writer.ts';
import { checkHostPath } from './host_path.ts';
import { volumeKinds } from './index.ts';
import { giveToGroup } from './ownership.ts';
import type { PayloadFile } from './payload.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kubets-volumes-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const text = (data: string, mode = 0o644): PayloadFile => ({ data: new TextEncoder().encode(data), mode });

describe('atomic writer', () => {
  let count = 0;
  const write = (files: Record<string, PayloadFile>) =>
    writeAtomically({
      files: linuxFiles,
      directory: root,
      payload: new Map(Object.entries(files)),
      now: Date.UTC(2026, 0, 1),
      unique: String(count++),
    });
  const visible = () => readdirSync(root).filter((name) => !name.startsWith('..'));
  const versions = () => readdirSync(root).filter((name) => /^\.\.\d/.test(name));

  test('files are seen through links', async () => {
    expect(await write({ a: text('one'), 'dir/b': text('two', 0o400) })).toBe(true);
    expect(readFileSync(join(root, 'a'), 'utf8')).toBe('one');
    expect(readFileSync(join(root, 'dir/b'), 'utf8')).toBe('two');
    expect(statSync(join(root, 'dir/b')).mode & 0o777).toBe(0o400);
    expect(readlinkSync(join(root, 'a'))).toBe('..data/a');
    expect(readlinkSync(join(root, 'dir'))).toBe('..data/dir');
    expect(readlinkSync(join(root, '..data'))).toMatch(/^\.\.2026_01_01_00_00_00\./);
  });

  test('what is the same is left alone', async () => {
    await write({ a: text('one') });
    const before = readlinkSync(join(root, '..data'));
    expect(await write({ a: text('one') })).toBe(false);
    expect(readlinkSync(join(root, '..data'))).toBe(before);
  });

  test('a change replaces all, and leaves nothing of the old', async () => {
    await write({ a: text('one'), b: text('two') });
    expect(await write({ a: text('new'), c: text('three') })).toBe(true);
    expect(visible().sort()).toEqual(['a', 'c']);
    expect(readFileSync(join(root, 'a'), 'utf8')).toBe('new');
    expect(versions()).toHaveLength(1);
  });

  test('a write that was broken off is finished', async () => {
    await write({ a: text('one') });
    rmSync(join(root, 'a'));
    symlinkSync('nowhere', join(root, '..data_tmp'));
    expect(await write({ a: text('one') })).toBe(false);
    expect(readFileSync(join(root, 'a'), 'utf8')).toBe('one');
    expect(await write({ a: text('two') })).toBe(true);
  });

  test('everything may go', async () => {
    await write({ a: text('one') });
    expect(await write({})).toBe(true);
    expect(visible()).toEqual([]);
  });
});

describe.skipIf(process.getuid?.() !== 0)('ownership', () => {
  test('the group gets in, links are not followed', async () => {
    mkdirSync(join(root, 'v/dir'), { recursive: true });
    writeFileSync(join(root, 'v/file'), '');
    writeFileSync(join(root, 'outside'), '');
    chmodSync(join(root, 'v/file'), 0o600);
    symlinkSync(join(root, 'outside'), join(root, 'v/link'));
    await giveToGroup({ files: linuxFiles, path: join(root, 'v'), fsGroup: 2000, readOnly: false });
    const mode = (path: string) => lstatSync(join(root, path)).mode & 0o7777;
    expect(mode('v/file')).toBe(0o660);
    expect(mode('v/dir') & 0o2070).toBe(0o2070);
    expect(lstatSync(join(root, 'v/dir')).gid).toBe(2000);
    expect(lstatSync(join(root, 'v/link')).gid).toBe(2000);
    expect(lstatSync(join(root, 'outside')).gid).toBe(0);
  });
});

describe('hostPath types', () => {
  const check = (name: string, type: string) => checkHostPath(linuxFiles, join(root, name), type);
  beforeEach(() => {
    mkdirSync(join(root, 'dir'));
    writeFileSync(join(root, 'file'), '');
  });
  test.each([
    ['none', '', undefined],
    ['dir', 'Directory', undefined],
    ['file', 'Directory', 'is not a directory'],
    ['none', 'Directory', 'is not a directory'],
    ['file', 'File', undefined],
    ['dir', 'File', 'is not a file'],
    ['file', 'Socket', 'is not a socket file'],
    ['file', 'CharDevice', 'is not a character device'],
    ['file', 'BlockDevice', 'is not a block device'],
    ['file', 'DirectoryOrCreate', 'is not a directory'],
  ])('%s as %j: %s', async (name, type, complaint) => {
    if (complaint)
      await expect(check(name, type)).rejects.toThrow(
        `hostPath type check failed: ${join(root, name)} ${complaint}`,
      );
    else await check(name, type);
  });
  test('what is missing is made', async () => {
    await check('a/b', 'DirectoryOrCreate');
    await check('a/c', 'FileOrCreate');
    expect(statSync(join(root, 'a/b')).isDirectory()).toBe(true);
    expect(statSync(join(root, 'a/c')).isFile()).toBe(true);
  });
});

describe('sources', () => {
  const clock = new FakeClock();
  const tokenRequests: object[] = [];
  let configMap: Partial<ConfigMap> | undefined;
  function parts(): KubeletParts {
    return {
      clock,
      random: seededRandom(1),
      node: { ...testNode, rootDir: root },
      host: { ...nullHost, files: linuxFiles },
      client: {
        async createSubresource(...args: unknown[]) {
          tokenRequests.push(args.at(-1) as object);
          return {
            status: {
              token: `token-${tokenRequests.length}`,
              expirationTimestamp: new Date(clock.now() + 600_000).toISOString(),
            },
          };
        },
      },
      objects: {
        async configMap(_: string, name: string) {
          if (!configMap || name !== 'settings') throw notFound({ group: '', resource: 'configmaps' }, name);
          return configMap as ConfigMap;
        },
        async secret(_: string, name: string) {
          if (name !== 'keys') throw notFound({ group: '', resource: 'secrets' }, name);
          return { data: { key: btoa('secret') } } as unknown as Secret;
        },
      },
    } as unknown as KubeletParts;
  }
  const kubelet = () => {
    const shared = parts();
    const kinds = volumeKinds(shared);
    const pod = testPod({ serviceAccountName: 'robot' });
    pod.metadata.labels = { app: 'web' };
    const task = { pod, volumes: new Map(), pullSecrets: [], wake() {} } as PodTask;
    return async (source: Partial<Volume>) => {
      const volume = { name: 'v', ...source };
      const kind = kinds.find(({ name }) => volume[name] !== undefined)!;
      const { hostPath } = await kind.setUp({ parts: shared, task, pod, volume, mounted: undefined });
      return (path: string) => readFileSync(join(hostPath, path), 'utf8');
    };
  };
  beforeEach(() => {
    configMap = { data: { a: 'one', b: 'two' }, binaryData: { c: btoa('\x01') } };
  });

  test('all keys of a ConfigMap', async () => {
    const read = await kubelet()({ configMap: { name: 'settings' } });
    expect([read('a'), read('b'), read('c')]).toEqual(['one', 'two', '\x01']);
  });

  test('some keys, under other names', async () => {
    const read = await kubelet()({ configMap: { name: 'settings', items: [{ key: 'a', path: 'x/y' }] } });
    expect(read('x/y')).toBe('one');
    expect(() => read('b')).toThrow();
  });

  test.each<[string, Partial<Volume>, string]>([
    ['a ConfigMap', { configMap: { name: 'none' } }, 'configmaps "none" not found'],
    [
      'a key',
      { configMap: { name: 'settings', items: [{ key: 'z', path: 'z' }] } },
      'references non-existent config key: z',
    ],
    ['a Secret', { secret: { secretName: 'none' } }, 'secrets "none" not found'],
    [
      'a key of a Secret',
      { secret: { secretName: 'keys', items: [{ key: 'z', path: 'z' }] } },
      'references non-existent secret key: z',
    ],
  ])('%s that is missing', async (_, source, message) => {
    await expect(kubelet()(source)).rejects.toThrow(message);
  });

  test.each<[string, Partial<Volume>]>([
    ['a ConfigMap', { configMap: { name: 'none', optional: true } }],
    ['a key', { configMap: { name: 'settings', optional: true, items: [{ key: 'z', path: 'z' }] } }],
    ['a projected Secret', { projected: { sources: [{ secret: { name: 'none', optional: true } }] } }],
  ])('%s that is optional', async (_, source) => {
    await kubelet()(source);
  });

  test('an update', async () => {
    const setUp = kubelet();
    await setUp({ configMap: { name: 'settings' } });
    configMap = { data: { a: 'changed' } };
    expect((await setUp({ configMap: { name: 'settings' } }))('a')).toBe('changed');
  });

  test('projected: token, labels and keys together; the token is renewed at four fifths of its life', async () => {
    tokenRequests.length = 0;
    const setUp = kubelet();
    const source = {
      projected: {
        sources: [
          { serviceAccountToken: { path: 'token', expirationSeconds: 600, audience: 'vault' } },
          { downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] } },
          { configMap: { name: 'settings' } },
        ],
      },
    };
    const read = await setUp(source);
    expect([read('token'), read('labels'), read('a')]).toEqual(['token-1', 'app="web"', 'one']);
    expect(tokenRequests[0]).toMatchObject({
      spec: { audiences: ['vault'], expirationSeconds: 600, boundObjectRef: { kind: 'Pod', name: 'web' } },
    });
    await clock.advance(400_000);
    expect((await setUp(source))('token')).toBe('token-1');
    await clock.advance(85_000);
    expect((await setUp(source))('token')).toBe('token-2');
  });
});
