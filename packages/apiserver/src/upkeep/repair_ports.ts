// Each node port of a service is claimed in the store, and what is claimed is some service's.
import type { KubeObject, Service } from '@kubets/api';
import { prefixRange } from '@kubets/storage';
import { portPrefix, sharedClaims } from '../services/shared_claims.ts';
import { problemReporter } from './report_problem.ts';
import type { UpkeepContext } from './upkeep.ts';

export function portRepair(context: UpkeepContext): () => Promise<void> {
  const { server, nodePorts } = context;
  const { reader, store } = server;
  const claims = sharedClaims(server, () => undefined);
  const report = problemReporter(context, 'portallocator-repair-controller');
  let suspects = new Map<string, number>();

  return async () => {
    const { entries } = await store.list(prefixRange(portPrefix));
    const claimed = new Set(entries.map(({ key }) => Number(key.slice(portPrefix.length))));
    const used = new Set<number>();
    for (const service of reader.list<Service & KubeObject>('', 'services'))
      for (const port of portsOf(service)) {
        const tell = (reason: string, note: string) =>
          report({ about: service, reason, action: 'PortAllocation', note: `Port ${port} ${note}` });
        if (port < nodePorts.from || port > nodePorts.to) {
          const range = `${nodePorts.from}-${nodePorts.to}`;
          await tell('PortOutOfRange', `is not within the port range ${range}; please recreate service`);
        } else if (used.has(port)) {
          await tell('PortAlreadyAllocated', 'was assigned to multiple services; please recreate service');
        } else {
          used.add(port);
          if (claimed.has(port)) continue;
          await tell('PortNotAllocated', 'is not allocated; repairing');
          await claims.takePort(port, service);
        }
      }
    // A key has no time of its own: one that is in doubt for two rounds goes.
    const doubtful = new Map<string, number>();
    for (const { key, modRevision } of entries) {
      if (used.has(Number(key.slice(portPrefix.length)))) continue;
      if (suspects.get(key) === modRevision) await store.commit({ key, expect: modRevision, value: null });
      else doubtful.set(key, modRevision);
    }
    suspects = doubtful;
  };
}

/** A number that serves several protocols counts once; one that serves the same twice is a mistake. */
function portsOf({ spec }: Service): number[] {
  const numbers: number[] = [];
  const protocols = new Map<number, Set<string>>();
  const add = (port: number, protocol: string) => {
    const seen = protocols.get(port);
    if (!seen || seen.has(protocol)) numbers.push(port);
    protocols.set(port, new Set(seen).add(protocol));
  };
  for (const { nodePort, protocol = 'TCP' } of spec.ports ?? []) if (nodePort) add(nodePort, protocol);
  if (spec.healthCheckNodePort) add(spec.healthCheckNodePort, 'TCP');
  return numbers;
}
