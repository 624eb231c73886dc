// One index of EndpointSlices for all parts of a node that ask for them by Service.
import type { EndpointSlice } from '@kubets/api';
import type { Informer } from '@kubets/client';

const serviceNameLabel = 'kubernetes.io/service-name';
const indexName = 'network/service';

/** `namespace/name` of the Service that a slice belongs to. */
export function serviceKeyOf(slice: EndpointSlice): string | undefined {
  const name = slice.metadata.labels?.[serviceNameLabel];
  return name && `${slice.metadata.namespace}/${name}`;
}

/** Adds the index where it is not there yet. Returns the look-up by `namespace/name`. */
export function slicesByService(
  informer: Informer<EndpointSlice>,
): (serviceKey: string) => readonly EndpointSlice[] {
  informer.addIndex(indexName, indexValues);
  return (serviceKey) => informer.byIndex(indexName, serviceKey);
}

function indexValues(slice: EndpointSlice): readonly string[] {
  const key = serviceKeyOf(slice);
  return key ? [key] : [];
}
