// Which endpoints of a Service port this node uses, for each traffic policy.
import type { Endpoint, EndpointSlice } from '@kubets/api';
import { canonicalAddress, type IpFamily } from '../address.ts';
import type { Protocol, Target } from './rule_set.ts';

export interface PortQuery {
  slices: readonly EndpointSlice[];
  family: IpFamily;
  protocol: Protocol;
  /** The Service port's name, empty when it has none. */
  portName: string;
  node: { name: string; zone?: string };
}

export interface SelectedEndpoints {
  everywhere: Target[];
  here: Target[];
  hasEndpoints: boolean;
  localAddresses: string[];
}

interface Candidate extends Target {
  ready: boolean;
  /** Serving while terminating: used when nothing is ready (KEP-1669). */
  lastResort: boolean;
  local: boolean;
  nodes: readonly string[];
  zones: readonly string[];
}

export function selectEndpoints(query: PortQuery): SelectedEndpoints {
  const candidates = candidatesOf(query);
  const here = readyOrTerminating(candidates.filter((candidate) => candidate.local));
  const near = nearby(candidates, query.node);
  const everywhere = near ?? readyOrTerminating(candidates);
  const used = new Set([...everywhere, ...here].filter((candidate) => candidate.local).map((c) => c.address));
  return {
    everywhere: everywhere.map(targetOf),
    here: here.map(targetOf),
    hasEndpoints: everywhere.length > 0 || here.length > 0,
    localAddresses: [...used],
  };
}

function candidatesOf({ slices, family, protocol, portName, node }: PortQuery): Candidate[] {
  const byTarget = new Map<string, Candidate>();
  for (const slice of slices) {
    if (slice.addressType !== family) continue;
    const port = slice.ports?.find(
      (candidate) => (candidate.name ?? '') === portName && (candidate.protocol ?? 'TCP') === protocol,
    )?.port;
    if (!port) continue;
    for (const endpoint of slice.endpoints ?? []) {
      const candidate = candidateOf(endpoint, port, node.name);
      if (!candidate) continue;
      // An endpoint may be in two slices while it moves from one to the other: the ready one counts.
      const key = `${candidate.address} ${port}`;
      const known = byTarget.get(key);
      if (!known || (candidate.ready && !known.ready)) byTarget.set(key, candidate);
    }
  }
  // In order of address, so that equal endpoints give equal rules whatever the order of slices.
  return [...byTarget.values()].sort((a, b) =>
    a.address < b.address ? -1 : a.address > b.address ? 1 : a.port - b.port,
  );
}

function candidateOf(endpoint: Endpoint, port: number, nodeName: string): Candidate | undefined {
  // Consumers must use the first address only (discovery.k8s.io/v1 Endpoint).
  const address = endpoint.addresses[0];
  if (!address) return undefined;
  const { ready = true, serving = ready, terminating = false } = endpoint.conditions ?? {};
  const lastResort = !ready && serving && terminating;
  if (!ready && !lastResort) return undefined;
  return {
    address: canonicalAddress(address),
    port,
    ready,
    lastResort,
    local: endpoint.nodeName === nodeName,
    nodes: endpoint.hints?.forNodes?.map((hint) => hint.name) ?? [],
    zones: endpoint.hints?.forZones?.map((hint) => hint.name) ?? [],
  };
}

function readyOrTerminating(candidates: readonly Candidate[]): Candidate[] {
  const ready = candidates.filter((candidate) => candidate.ready);
  return ready.length > 0 ? ready : candidates.filter((candidate) => candidate.lastResort);
}

/**
 * Ready endpoints hinted for this node, else for its zone (KEP-2433, KEP-3015). Hints count only when every
 * ready endpoint has them and one is for us; otherwise undefined.
 */
function nearby(
  candidates: readonly Candidate[],
  node: { name: string; zone?: string },
): Candidate[] | undefined {
  const ready = candidates.filter((candidate) => candidate.ready);
  if (ready.length === 0) return undefined;
  if (ready.every((candidate) => candidate.nodes.length > 0)) {
    const onNode = ready.filter((candidate) => candidate.nodes.includes(node.name));
    if (onNode.length > 0) return onNode;
  }
  const { zone } = node;
  if (!zone || !ready.every((candidate) => candidate.zones.length > 0)) return undefined;
  const inZone = ready.filter((candidate) => candidate.zones.includes(zone));
  return inZone.length > 0 ? inZone : undefined;
}

function targetOf({ address, port }: Candidate): Target {
  return { address, port };
}
