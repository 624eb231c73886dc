// How fast nodes of a zone may be emptied. When most of a zone is down, it is more likely that the control plane can
// not see it than that all machines broke at once ("Rate limits on eviction" of the documentation).
import type { Node } from '@kubets/api';
import type { Ms } from '@kubets/base';
import { findCondition } from '../runtime/condition.ts';

const unhealthyZoneThreshold = 0.55;
const largeClusterSize = 50;
const normalIntervalMs: Ms = 10_000;
const reducedIntervalMs: Ms = 100_000;

export type ZoneState = 'normal' | 'partial' | 'full';

export function zoneOf(node: Node): string {
  const labels = node.metadata.labels ?? {};
  return `${labels['topology.kubernetes.io/region'] ?? ''}:${labels['topology.kubernetes.io/zone'] ?? ''}`;
}

export function zoneStates(nodes: Iterable<Node>): Map<string, { state: ZoneState; size: number }> {
  const counts = new Map<string, { size: number; down: number }>();
  for (const node of nodes) {
    const zone = zoneOf(node);
    const count = counts.get(zone) ?? { size: 0, down: 0 };
    counts.set(zone, count);
    count.size++;
    if (findCondition(node.status?.conditions, 'Ready')?.status !== 'True') count.down++;
  }
  const states = new Map<string, { state: ZoneState; size: number }>();
  for (const [zone, { size, down }] of counts) {
    const partial = down > 2 && down / size >= unhealthyZoneThreshold;
    states.set(zone, { size, state: down === size ? 'full' : partial ? 'partial' : 'normal' });
  }
  return states;
}

/** Time between two nodes of the zone; undefined: none at all. */
export function evictionInterval(
  zone: string,
  states: ReadonlyMap<string, { state: ZoneState; size: number }>,
): Ms | undefined {
  if ([...states.values()].every(({ state }) => state === 'full')) return undefined;
  const { state, size } = states.get(zone)!;
  if (state !== 'partial') return normalIntervalMs;
  return size > largeClusterSize ? reducedIntervalMs : undefined;
}

/** One node at a time for each zone. */
export class ZoneEvictions {
  readonly #nextAt = new Map<string, Ms>();

  /** 0: go ahead, the turn is taken. Else how long to wait; undefined: not while things are as they are. */
  turn(node: Node, nodes: Iterable<Node>, now: Ms): Ms | undefined {
    const zone = zoneOf(node);
    const states = zoneStates(nodes);
    for (const known of this.#nextAt.keys()) if (!states.has(known)) this.#nextAt.delete(known);
    const interval = evictionInterval(zone, states);
    if (interval === undefined) return undefined;
    const wait = (this.#nextAt.get(zone) ?? 0) - now;
    if (wait > 0) return wait;
    this.#nextAt.set(zone, now + interval);
    return 0;
  }
}
