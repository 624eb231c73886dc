import type { EndpointSlice } from '@kubets/api';
import { firstOf } from '../core/endpoints.ts';
import { define, kindsOf } from '../define.ts';
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
  defaults(object) {
    object.endpoints ??= [];
    for (const port of object.ports ?? []) {
      port.name ??= '';
      port.protocol ??= 'TCP';
    }
  },
  prepareCreate: ({ endpoints }) => dropTopology(endpoints),
  prepareUpdate: ({ endpoints }) => dropTopology(endpoints),
  // Labels say which service a slice is of, so they count like its contents.
  generation: ({ addressType, endpoints, ports, metadata }) => ({
    addressType,
    endpoints,
    ports,
    labels: metadata.labels ?? {},
  }),
  validate: validateEndpointSlice,
  validateUpdate: validateEndpointSliceUpdate,
});

/** v1 has fields of its own for what v1beta1 kept in a map. */
function dropTopology(endpoints: EndpointSlice['endpoints'] = []): void {
  for (const endpoint of endpoints) delete endpoint.deprecatedTopology;
}

function listOf(all: string[]): string {
  return all.length === 0 ? '<unset>' : firstOf(all);
}
