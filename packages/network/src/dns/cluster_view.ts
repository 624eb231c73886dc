// What DNS must know of the cluster, by name and by address.
import type { EndpointSlice, Namespace, Service } from '@kubets/api';
import { type Informers, refs } from '@kubets/client';
import { canonicalAddress } from '../address.ts';
import { slicesByService } from '../slices_by_service.ts';

export interface ClusterView {
  /** `cluster.local` */
  readonly domain: string;
  /** The addresses of this server, which are those of `ns.dns.<domain>`. */
  readonly serverAddresses: readonly string[];
  /** False until the first lists have come: then a name that is not there may exist all the same. */
  readonly synced: boolean;
  service(namespace: string, name: string): Service | undefined;
  slices(namespace: string, service: string): readonly EndpointSlice[];
  hasNamespace(name: string): boolean;
  servicesAt(address: string): readonly Service[];
  slicesAt(address: string): readonly EndpointSlice[];
}

const byAddress = 'network/address';

export function clusterView(options: {
  informers: Informers;
  domain: string;
  serverAddresses: readonly string[];
}): ClusterView {
  const { informers, domain, serverAddresses } = options;
  const services = informers.for(refs.services);
  const slices = informers.for(refs.endpointSlices);
  const namespaces = informers.for<Namespace>(refs.namespaces);
  services.addIndex(byAddress, serviceAddresses);
  slices.addIndex(byAddress, endpointAddresses);
  const slicesOf = slicesByService(slices);
  return {
    domain: domain.toLowerCase(),
    serverAddresses,
    get synced() {
      return services.hasSynced && slices.hasSynced && namespaces.hasSynced;
    },
    service: (namespace, name) => services.get(`${namespace}/${name}`),
    slices: (namespace, service) => slicesOf(`${namespace}/${service}`),
    hasNamespace: (name) => namespaces.get(name) !== undefined,
    servicesAt: (address) => services.byIndex(byAddress, address),
    slicesAt: (address) => slices.byIndex(byAddress, address),
  };
}

function serviceAddresses({ spec }: Service): string[] {
  const addresses = spec.clusterIPs ?? (spec.clusterIP ? [spec.clusterIP] : []);
  return addresses.filter((address) => address !== 'None').map(canonicalAddress);
}

function endpointAddresses(slice: EndpointSlice): string[] {
  return (slice.endpoints ?? []).flatMap((endpoint) => endpoint.addresses.map(canonicalAddress));
}
