// The sign of life of the node: a Lease that is renewed every ten seconds (KEP-589).
import { isAlreadyExists, isConflict, isNotFound, type Lease, type Node } from '@kubets/api';
import {
  type Clock,
  type Component,
  errorMessage,
  type Logger,
  type Random,
  rfc3339Micro,
} from '@kubets/base';
import { type Client, refs } from '@kubets/client';

export interface LeaseHeartbeatOptions {
  client: Client;
  clock: Clock;
  random: Random;
  log: Logger;
  nodeName: string;
  /** The Node object, which owns the lease. */
  node(): Node | undefined;
  leaseDurationSeconds?: number;
}

const namespace = 'kube-node-lease';
const maxRetryMs = 7_000;

export function createLeaseHeartbeat(options: LeaseHeartbeatOptions): Component {
  const { client, clock, random, log, nodeName, leaseDurationSeconds = 40 } = options;
  const renewMs = (leaseDurationSeconds * 1000) / 4;
  let lease: Lease | undefined;

  function spec() {
    return { holderIdentity: nodeName, leaseDurationSeconds, renewTime: rfc3339Micro(clock.now()) };
  }

  function owners(lease?: Lease) {
    const node = options.node();
    if (lease?.metadata.ownerReferences?.length || !node) return lease?.metadata.ownerReferences;
    return [{ apiVersion: 'v1', kind: 'Node', name: nodeName, uid: node.metadata.uid }];
  }

  async function renew(): Promise<void> {
    try {
      lease ??= await client.get(refs.leases, nodeName, namespace);
      const ownerReferences = owners(lease);
      lease = await client.update(refs.leases, {
        ...lease,
        metadata: { ...lease.metadata, ...(ownerReferences && { ownerReferences }) },
        spec: { ...lease.spec, ...spec() },
      });
    } catch (error) {
      lease = undefined;
      if (isConflict(error)) return renew();
      if (!isNotFound(error)) throw error;
      await create();
    }
  }

  async function create(): Promise<void> {
    const ownerReferences = owners();
    try {
      lease = await client.create(refs.leases, {
        metadata: { name: nodeName, namespace, ...(ownerReferences && { ownerReferences }) },
        spec: spec(),
      });
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
    }
  }

  return {
    name: 'leaseHeartbeat',
    async run(signal) {
      let retryMs = 200;
      while (!signal.aborted) {
        let wait = renewMs * (1 + random.next() * 0.04);
        try {
          await renew();
          retryMs = 200;
        } catch (error) {
          log.warn('node lease not renewed', { node: nodeName, reason: errorMessage(error) });
          wait = retryMs;
          retryMs = Math.min(maxRetryMs, retryMs * 2);
        }
        await clock.sleep(wait, signal).catch(() => {});
      }
    },
  };
}
