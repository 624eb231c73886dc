import { silentLogger, systemClock } from '@kubets/base';
import { afterAll, beforeAll, describe } from 'vitest';
import { storeConformance } from '../conformance.ts';
import { openEtcdStore } from './etcd_store.ts';
import { type EtcdCluster, etcdVersion, startEtcd } from './testing/etcd_process.ts';

describe.skipIf(!etcdVersion)(`etcd ${etcdVersion ?? 'is not installed'}`, () => {
  let etcd: EtcdCluster;
  let tests = 0;
  beforeAll(async () => {
    etcd = await startEtcd();
  });
  afterAll(() => etcd.remove());

  // One server for all tests, a prefix for each.
  storeConformance('etcd', async () => {
    const prefix = `/test-${++tests}/registry`;
    const open = () =>
      openEtcdStore({ endpoints: etcd.endpoints, prefix, clock: systemClock, log: silentLogger });
    let store = await open();
    return {
      store,
      async reopen() {
        await store.close();
        await etcd.members[0]!.kill();
        await etcd.members[0]!.start();
        store = await open();
        return store;
      },
    };
  });
});
