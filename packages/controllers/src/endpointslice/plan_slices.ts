// Distributes endpoints over slices so that as few slices as possible are written: an endpoint stays in its slice,
// a new one goes where a write is due anyway, else into room that is left, else into a new slice.
import type { DiscoveryV1EndpointPort, Endpoint, EndpointSlice } from '@kubets/api';
import { canonicalJson } from '../runtime/canonical_json.ts';
import { semanticEqual } from '../runtime/equal.ts';
import { groupBy } from '../runtime/group_by.ts';

/** Endpoints that share address family and ports, and so may share a slice. */
export interface EndpointGroup {
  addressType: string;
  ports: readonly DiscoveryV1EndpointPort[];
  endpoints: readonly Endpoint[];
}

export interface SlicesPlan {
  create: readonly {
    addressType: string;
    ports: readonly DiscoveryV1EndpointPort[];
    endpoints: readonly Endpoint[];
  }[];
  update: readonly { slice: EndpointSlice; endpoints: readonly Endpoint[] }[];
  remove: readonly EndpointSlice[];
}

export function planSlices(options: {
  groups: readonly EndpointGroup[];
  existing: readonly EndpointSlice[];
  maxEndpoints: number;
  /** Whether a slice needs a write for other reasons, its labels for one. */
  isStale: (slice: EndpointSlice) => boolean;
}): SlicesPlan {
  const { groups, existing, isStale } = options;
  const byGroup = groupBy(existing, (slice) => groupKey(slice.addressType, slice.ports ?? []));
  const create: SlicesPlan['create'][number][] = [];
  const update: SlicesPlan['update'][number][] = [];
  const remove: EndpointSlice[] = [];
  for (const group of groups) {
    const key = groupKey(group.addressType, group.ports);
    const slices = byGroup.get(key) ?? [];
    byGroup.delete(key);
    for (const filled of distribute(group, slices, options.maxEndpoints)) {
      const { slice, endpoints } = filled;
      if (!slice) create.push({ addressType: group.addressType, ports: group.ports, endpoints });
      // A group without endpoints keeps one empty slice: it says that there are none.
      else if (endpoints.length === 0 && !filled.keepEmpty) remove.push(slice);
      else if (filled.changed || isStale(slice)) update.push({ slice, endpoints });
    }
  }
  for (const slices of byGroup.values()) remove.push(...slices);
  return { create, update, remove };
}

interface Filled {
  /** Undefined: a new one. */
  slice: EndpointSlice | undefined;
  endpoints: Endpoint[];
  changed: boolean;
  keepEmpty: boolean;
}

function distribute(group: EndpointGroup, slices: readonly EndpointSlice[], max: number): Filled[] {
  const wanted = new Map(group.endpoints.map((endpoint) => [endpointKey(endpoint), endpoint]));
  const filled = slices.map((slice) => keepWanted(slice, wanted));
  if (group.endpoints.length === 0) {
    const keep = filled[0] ?? { slice: undefined, endpoints: [], changed: false, keepEmpty: true };
    keep.keepEmpty = true;
    return filled[0] ? filled : [keep];
  }
  const left = [...wanted.values()];
  const fullestFirst = (a: Filled, b: Filled) => b.endpoints.length - a.endpoints.length;
  const topUp = (slice: Filled) => {
    const room = Math.max(0, max - slice.endpoints.length);
    if (left.length === 0 || room === 0) return;
    slice.endpoints.push(...left.splice(0, room));
    slice.changed = true;
  };
  for (const slice of filled.filter(({ changed }) => changed).sort(fullestFirst)) topUp(slice);
  // Whole slices' worth goes into new ones; the rest into the slice that it fills best.
  while (left.length >= max) filled.push(newSlice(left.splice(0, max)));
  if (left.length > 0) {
    const fitting = filled
      .filter(
        (slice) => slice.slice && slice.endpoints.length > 0 && slice.endpoints.length + left.length <= max,
      )
      .sort(fullestFirst)[0];
    if (fitting) topUp(fitting);
    else filled.push(newSlice(left));
  }
  // What became empty above may serve again before a new slice is made.
  return reuseEmpty(filled);
}

/** The slice without what is not wanted any more; takes what it keeps out of `wanted`. */
function keepWanted(slice: EndpointSlice, wanted: Map<string, Endpoint>): Filled {
  const endpoints: Endpoint[] = [];
  let changed = false;
  for (const endpoint of slice.endpoints ?? []) {
    const key = endpointKey(endpoint);
    const next = wanted.get(key);
    if (!next) changed = true;
    else {
      wanted.delete(key);
      if (!semanticEqual(next, endpoint)) changed = true;
      endpoints.push(next);
    }
  }
  return { slice, endpoints, changed, keepEmpty: false };
}

function reuseEmpty(filled: Filled[]): Filled[] {
  const empty = filled.filter((slice) => slice.slice && slice.endpoints.length === 0);
  for (const fresh of filled.filter((slice) => !slice.slice)) {
    const reused = empty.pop();
    if (!reused) break;
    reused.endpoints = fresh.endpoints;
    reused.changed = true;
    filled = filled.filter((slice) => slice !== fresh);
  }
  return filled;
}

function newSlice(endpoints: readonly Endpoint[]): Filled {
  return { slice: undefined, endpoints: [...endpoints], changed: true, keepEmpty: false };
}

/** Endpoints of one pod, or of one address where there is no pod, are the same endpoint in another state. */
function endpointKey({ targetRef, addresses, hostname }: Endpoint): string {
  return `${targetRef?.uid ?? ''}/${[...addresses].sort().join()}/${hostname ?? ''}`;
}

export function groupKey(addressType: string, ports: readonly DiscoveryV1EndpointPort[]): string {
  const named = ports.map(({ name = '', port, protocol = 'TCP', appProtocol }) =>
    canonicalJson({ name, port, protocol, appProtocol }),
  );
  return `${addressType} ${named.sort().join()}`;
}
