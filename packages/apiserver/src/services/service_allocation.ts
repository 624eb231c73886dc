// The pools, kept in step with what the cache says, and the hooks that use them.
import type { Service } from '@kubets/api';
import type { ChangeEvent } from '../cache/change_event.ts';
import type { RouteTable } from '../routes/route_table.ts';
import type { ServerContext } from '../server_context.ts';
import type { WriteHooks } from '../verbs/write_hooks.ts';
import { AddressRange } from './address_range.ts';
import { AddressPool, clusterIpsOf, nodePortsOf, ownerOf, PortPool } from './pools.ts';
import { serviceHooks } from './service_hooks.ts';
import { offeredRanges } from './service_ranges.ts';
import { sharedClaims } from './shared_claims.ts';

export interface ServiceAllocationOptions {
  /** Of the cluster, always offered: one or two CIDRs of different families. */
  cidrs: readonly string[];
  nodePorts: { from: number; to: number };
}

export function serviceAllocation(server: ServerContext, options: ServiceAllocationOptions): WriteHooks {
  const own = options.cidrs.map((cidr) => new AddressRange(cidr));
  const addresses = new AddressPool(() => [...own, ...offeredRanges(server.reader, options.cidrs)]);
  const ports = new PortPool(options.nodePorts);
  const services = targetOf(server.routes, '', 'v1', 'services');
  services?.history.onChange(({ current, previous }: ChangeEvent) => {
    if (previous && !current) forget(previous.object as unknown as Service);
    if (current) note(current.object as unknown as Service);
  });
  const note = (service: Service) => {
    const owner = ownerOf(service);
    for (const ip of clusterIpsOf(service)) addresses.note(ip, owner);
    for (const port of nodePortsOf(service)) ports.note(port, owner);
  };
  const forget = (service: Service) => {
    const owner = ownerOf(service);
    for (const ip of clusterIpsOf(service)) addresses.give(ip, owner);
    for (const port of nodePortsOf(service)) ports.give(port, owner);
  };
  const shared = sharedClaims(server, () =>
    targetOf(server.routes, 'networking.k8s.io', 'v1', 'ipaddresses'),
  );
  return serviceHooks({ addresses, ports, shared, random: server.random });
}

function targetOf(routes: RouteTable, group: string, version: string, resource: string) {
  return routes.find(group, version, resource)?.target;
}
