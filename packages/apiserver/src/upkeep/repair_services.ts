// Makes claims of addresses and ports agree with the services there are: after a crash between two writes.
import type { Service } from '@kubets/api';
import { prefixRange } from '@kubets/storage';
import { clusterIpsOf, nodePortsOf, ownerOf } from '../services/pools.ts';
import { portPrefix, sharedClaims } from '../services/shared_claims.ts';
import type { Task, UpkeepContext } from './upkeep.ts';

/** A claim without a service may be of one that is just being written. */
const graceMs = 60_000;

export function repairServices({ server }: UpkeepContext): Task {
  const { routes, reader, clock, store } = server;
  const addresses = () => routes.find('networking.k8s.io', 'v1', 'ipaddresses')?.target;
  const claims = sharedClaims(server, addresses);
  let suspects = new Map<string, number>();
  return {
    name: 'service addresses and ports',
    everyMs: 3 * 60_000,
    async run() {
      const services = reader.list('', 'services') as unknown as readonly Service[];
      const ips = new Map<string, Service>();
      const ports = new Map<string, Service>();
      for (const service of services) {
        for (const ip of clusterIpsOf(service)) ips.set(ip, service);
        for (const port of nodePortsOf(service)) ports.set(String(port), service);
      }
      for (const [ip, service] of ips) if (!claims.isAddressTaken(ip)) await claims.takeAddress(ip, service);
      for (const object of reader.list('networking.k8s.io', 'ipaddresses')) {
        const { metadata, spec } = object as any;
        const parent = spec?.parentRef;
        if (parent?.resource !== 'services') continue;
        const service = ips.get(metadata.name);
        if (service && ownerOf(service) === `${parent.namespace}/${parent.name}`) continue;
        if (clock.now() - Date.parse(metadata.creationTimestamp) < graceMs) continue;
        await claims.giveAddress(metadata.name, { metadata: parent } as Service);
      }
      const { entries } = await store.list(prefixRange(portPrefix));
      const claimed = new Set(entries.map((entry) => entry.key.slice(portPrefix.length)));
      for (const [port, service] of ports)
        if (!claimed.has(port)) await claims.takePort(Number(port), service);
      // A key has no time of its own: one that is in doubt for two rounds goes.
      const doubtful = new Map<string, number>();
      for (const entry of entries) {
        if (ports.has(entry.key.slice(portPrefix.length))) continue;
        if (suspects.get(entry.key) === entry.modRevision)
          await store.commit({ key: entry.key, expect: entry.modRevision, value: null });
        else doubtful.set(entry.key, entry.modRevision);
      }
      suspects = doubtful;
    },
  };
}
