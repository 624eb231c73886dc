// Real etcd servers that are killed, and real certificates.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StatusResponse } from '@kubets/api/generated/etcd.ts';
import { silentLogger, systemClock } from '@kubets/base';
import { createAuthority, type KeyPair, signLeaf } from '@kubets/distro/certificates/certificates.ts';
import { afterEach, describe, expect, test } from 'vitest';
import { etcdEndpoint } from './etcd_endpoint.ts';
import { openEtcdStore } from './etcd_store.ts';
import { type EtcdCluster, type EtcdMember, etcdVersion, startEtcd } from './testing/etcd_process.ts';
import { checkRecorded, recordWrites } from './testing/record_writes.ts';

const options = { clock: systemClock, log: silentLogger };

describe.skipIf(!etcdVersion)(`etcd ${etcdVersion ?? 'is not installed'}`, { timeout: 60_000 }, () => {
  let etcd: EtcdCluster | undefined;
  afterEach(() => etcd?.remove());

  test('that is killed while it is written to loses nothing, and watches go on', async () => {
    etcd = await startEtcd();
    const [member] = etcd.members;
    const store = await openEtcdStore({ ...options, endpoints: etcd.endpoints });
    const recorded = await recordWrites({
      store,
      writers: 8,
      async meanwhile(written) {
        for (let round = 0; round < 3; round++) {
          await written(40);
          await member!.kill();
          await member!.start();
        }
        await written(40);
      },
    });
    expect(recorded.unknown).toBe(0);
    await checkRecorded(store, recorded);
    await store.close();
  });

  test('of three members whose leader dies loses nothing, and goes on', async () => {
    etcd = await startEtcd({ size: 3 });
    const store = await openEtcdStore({ ...options, endpoints: etcd.endpoints });
    const { members } = etcd;
    const recorded = await recordWrites({
      store,
      writers: 8,
      async meanwhile(written) {
        await written(100);
        const leader = await findLeader(members);
        await leader.kill();
        await written(100);
        await leader.start();
        await written(100);
      },
    });
    expect(recorded.unknown).toBe(0);
    await checkRecorded(store, recorded);
    await store.close();
  });

  test('of three members whose leader stands still, and goes on as if it led, loses nothing (etcd #20418)', async () => {
    etcd = await startEtcd({ size: 3 });
    const store = await openEtcdStore({ ...options, endpoints: etcd.endpoints });
    const { members } = etcd;
    const recorded = await recordWrites({
      store,
      writers: 4,
      async meanwhile(written) {
        await written(50);
        const leader = await findLeader(members);
        leader.process!.kill('SIGSTOP');
        await written(50);
        leader.process!.kill('SIGCONT');
        await written(50);
      },
    });
    expect(recorded.unknown).toBe(0);
    await checkRecorded(store, recorded);
    await store.close();
  });

  test('is reached with a client certificate only', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kubets-etcd-pki-'));
    const write = async (name: string, { certificate, key }: KeyPair) => {
      const paths = { certificate: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) };
      await writeFile(paths.certificate, certificate);
      await writeFile(paths.key, key);
      return paths;
    };
    const nowMs = systemClock.now();
    const authority = await createAuthority({ commonName: 'etcd', nowMs });
    const stranger = await createAuthority({ commonName: 'etcd', nowMs });
    const serverLeaf = await signLeaf(authority, {
      commonName: 'server',
      usage: ['server', 'client'],
      ipAddresses: ['127.0.0.1'],
      nowMs,
    });
    const client = await signLeaf(authority, { commonName: 'client', usage: ['client'], nowMs });
    const ca = (await write('ca', authority)).certificate;
    etcd = await startEtcd({ tls: { ...(await write('server', serverLeaf)), ca } });

    const { endpoints } = etcd;
    const tls = { ca: authority.certificate, ...client };
    const store = await openEtcdStore({ ...options, endpoints, tls });
    const stop = new AbortController();
    const watch = store.watch({ start: '/', end: '0' }, 1, stop.signal)[Symbol.asyncIterator]();
    const next = watch.next();
    const value = new Uint8Array([1]);
    expect(await store.commit({ key: '/registry/a', expect: 'absent', value })).toEqual({
      ok: true,
      revision: 2,
    });
    expect((await next).value).toMatchObject({ revision: 2 });
    await store.close();

    const call = { key: new Uint8Array(1), countOnly: true };
    for (const wrong of [
      { ca: authority.certificate },
      { ca: stranger.certificate, ...client },
      {
        ca: authority.certificate,
        ...(await signLeaf(stranger, { commonName: 'c', usage: ['client'], nowMs })),
      },
    ]) {
      const endpoint = etcdEndpoint(endpoints[0]!, wrong);
      await expect(endpoint.call('KV/Range', call, systemClock.now() + 2_000)).rejects.toMatchObject({
        name: 'StoreUnavailableError',
      });
      endpoint.close();
    }
    await rm(folder, { recursive: true });
  });

  test('that has no room refuses writes, says so, and is read from', async () => {
    etcd = await startEtcd({ flags: ['--quota-backend-bytes', String(4 * 1024 * 1024)] });
    const store = await openEtcdStore({ ...options, endpoints: etcd.endpoints });
    const value = new Uint8Array(512 * 1024);
    // etcd looks at its size when it writes its file, ten times a second.
    const fill = async () => {
      for (let i = 0; i < 300; i++) await store.commit({ key: `/registry/${i}`, expect: 'absent', value });
    };
    await expect(fill()).rejects.toMatchObject({ name: 'NoSpaceError' });
    expect(await store.problems!()).toEqual([expect.stringMatching(/^NOSPACE: /)]);
    expect((await store.get('/registry/0'))!.value).toHaveLength(value.length);
    const { entries } = await store.list({ start: '/registry/', end: '/registry0' });
    expect(entries.length).toBeGreaterThan(2);
    await store.close();
  });
});

async function findLeader(members: readonly EtcdMember[]): Promise<EtcdMember> {
  for (const member of members) {
    const endpoint = etcdEndpoint(member.url, undefined);
    const status = await endpoint.call<StatusResponse>('Maintenance/Status', {}, systemClock.now() + 5_000);
    endpoint.close();
    if (status.leader === status.header!.memberId) return member;
  }
  throw new Error('no leader');
}
