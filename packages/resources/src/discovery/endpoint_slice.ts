import type { EndpointSlice } from '@kubets/api';
import { firstOf } from '../core/endpoints.ts';
import { define, kindsOf } from '../define.ts';
import { sameValue } from '../rules/equality.ts';
import { warnOfIp } from '../rules/ip_warnings.ts';
import { columnsOf, textColumn } from '../table/columns.ts';
import { validateEndpointSlice, validateEndpointSliceUpdate } from './validate_endpoint_slice.ts';

export const endpointSlice = define<EndpointSlice>({
  id: kindsOf('discovery.k8s.io', 'v1')('endpointslices', 'EndpointSlice'),
  scope: 'Namespaced',
  columns: columnsOf<EndpointSlice>(
    textColumn('AddressType', 'Kind of its addresses.', ({ addressType }) => addressType),
    textColumn('Ports', 'Ports that all its endpoints serve.', ({ ports }) =>
      listOf((ports ?? []).map(({ port, name }) => (port === undefined ? (name ?? '*') : `${port}`))),
    ),
    textColumn('Endpoints', 'Addresses of its endpoints.', ({ endpoints }) =>
      listOf((endpoints ?? []).flatMap(({ addresses }) => addresses ?? [])),
    ),
  ),
  warnings: warnOfAddresses,
  defaults(object) {
    object.endpoints ??= [];
    for (const port of object.ports ?? []) {
      port.name ??= '';
      port.protocol ??= 'TCP';
    }
  },
  prepareCreate({ metadata, endpoints }) {
    metadata.generation = 1;
    dropTopology(endpoints);
  },
  prepareUpdate(next, old) {
    // What is dropped counts as a change all the same.
    if (!sameValue(countedOf(next), countedOf(old)))
      next.metadata.generation = (old.metadata.generation ?? 0) + 1;
    dropTopology(next.endpoints);
  },
  validate: validateEndpointSlice,
  validateUpdate: validateEndpointSliceUpdate,
});

/** Labels say which service a slice is of, so they count like its contents. */
function countedOf({ addressType, endpoints, ports, metadata }: EndpointSlice): object {
  return { addressType, endpoints, ports, labels: metadata.labels ?? {} };
}

/** v1 has fields of its own for what v1beta1 kept in a map. */
function dropTopology(endpoints: EndpointSlice['endpoints'] = []): void {
  for (const endpoint of endpoints) delete endpoint.deprecatedTopology;
}

function listOf(all: string[]): string {
  return all.length === 0 ? '<unset>' : firstOf(all);
}

function warnOfAddresses({ metadata, addressType, endpoints = [] }: EndpointSlice, old?: unknown): string[] {
  const ofType = addressType === 'FQDN' && !old ? ['spec.addressType: FQDN endpoints are deprecated'] : [];
  // What the controllers write is in order.
  const manager = metadata.labels?.['endpointslice.kubernetes.io/managed-by'] ?? '';
  if (/^endpointslice(mirroring)?-controller\.k8s\.io$/.test(manager)) return ofType;
  return [
    ...ofType,
    ...endpoints.flatMap(({ addresses = [] }, i) =>
      addresses.flatMap((address, j) => warnOfIp(address, `endpoints[${i}].addresses[${j}]`)),
    ),
  ];
}
