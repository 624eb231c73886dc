// The suite that every store passes: memory, LMDB, etcd.
import { afterEach, beforeEach, describe } from 'vitest';
import { commits } from './conformance/commits.ts';
import { compaction } from './conformance/compaction.ts';
import { StoreContext, type StoreUnderTest } from './conformance/context.ts';
import { histories } from './conformance/histories.ts';
import { reads } from './conformance/reads.ts';
import { restarts } from './conformance/restarts.ts';
import { watches } from './conformance/watches.ts';

export type { StoreUnderTest };

export function storeConformance(name: string, makeStore: () => Promise<StoreUnderTest>): void {
  // A server and its disk are slower than memory, most of all beside other tests.
  describe(`${name} store`, { timeout: 60_000 }, () => {
    const context = new StoreContext();
    beforeEach(async () => context.begin(await makeStore()));
    afterEach(() => context.end());

    commits(context);
    reads(context);
    histories(context);
    watches(context);
    compaction(context);
    restarts(context);
  });
}
