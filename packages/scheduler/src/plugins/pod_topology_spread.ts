import type { Snapshot } from '../state/cluster_state.ts';
import type { NodeInfo } from '../state/node_info.ts';
import type { PodInfo } from '../state/pod_info.ts';
import {
  type PluginContext,
  type PodFilter,
  type PodScore,
  resolvable,
  type SchedulerPlugin,
  scoreMax,
  unresolvable,
} from './plugin.ts';
import {
  constraintSelects,
  counts,
  hardConstraints,
  hasAllKeys,
  hasOwnConstraints,
  hostnameKey,
  includesNode,
  type SpreadConstraint,
  softConstraints,
} from './spread_constraint.ts';

const tooUneven = resolvable("node(s) didn't match pod topology spread constraints");
const withoutLabel = unresolvable(
  "node(s) didn't match pod topology spread constraints (missing required label)",
);

/** Pods are spread over domains of nodes: hosts, zones (KEP-895). */
export const podTopologySpread: SchedulerPlugin = {
  name: 'PodTopologySpread',
  weight: 2,
  filter(pod, { snapshot }) {
    const constraints = hardConstraints(pod);
    return constraints.length > 0 ? spreadFilter(pod, constraints, snapshot) : undefined;
  },
  score(pod, context) {
    const constraints = softConstraints(pod, context.objects);
    return constraints.length > 0 ? spreadScore(pod, constraints, context) : undefined;
  },
  wakesOn(event, pod) {
    const constraints = hardConstraints(pod);
    switch (event.type) {
      case 'node':
        return (
          (event.what.has('new') || event.what.has('labels') || event.what.has('taints')) &&
          (hasAllKeys(event.node, constraints) ||
            constraints.every(({ topologyKey }) => topologyKey in (event.old?.metadata.labels ?? {})))
        );
      case 'nodeGone':
        return constraints.every(({ topologyKey }) => topologyKey in (event.node.metadata.labels ?? {}));
      case 'podGone':
      case 'podPlaced':
        return constraints.some((constraint) => counts(constraint, pod, event.pod));
      case 'podChanged':
        return constraints.some(
          (constraint) => counts(constraint, pod, event.pod) !== counts(constraint, pod, event.old),
        );
      default:
        return false;
    }
  },
};

function spreadFilter(pod: PodInfo, constraints: readonly SpreadConstraint[], snapshot: Snapshot): PodFilter {
  const spreads = constraints.map((constraint) => new DomainCounts(constraint, pod, constraints));
  for (const node of snapshot.nodes) for (const spread of spreads) spread.addNode(node);
  for (const { pod: other, node } of snapshot.podsIn(pod.namespace))
    for (const spread of spreads) spread.podChanged(other, node, 1);
  return {
    test(node) {
      for (const spread of spreads) {
        const failure = spread.test(node);
        if (failure) return failure;
      }
      return undefined;
    },
    podChanged(other, node, delta) {
      for (const spread of spreads) spread.podChanged(other, node, delta);
    },
  };
}

class DomainCounts {
  readonly #constraint: SpreadConstraint;
  readonly #all: readonly SpreadConstraint[];
  readonly #pod: PodInfo;
  readonly #countsItself: number;
  readonly #counts = new Map<string, number>();
  #min: number | undefined;

  constructor(constraint: SpreadConstraint, pod: PodInfo, all: readonly SpreadConstraint[]) {
    this.#constraint = constraint;
    this.#all = all;
    this.#pod = pod;
    this.#countsItself = constraintSelects(constraint, pod.labels) ? 1 : 0;
  }

  addNode(node: NodeInfo): void {
    if (!this.#includes(node)) return;
    const domain = node.labels[this.#constraint.topologyKey]!;
    if (!this.#counts.has(domain)) this.#counts.set(domain, 0);
  }

  podChanged(other: PodInfo, node: NodeInfo, delta: 1 | -1): void {
    if (!counts(this.#constraint, this.#pod, other) || !node.node || !this.#includes(node)) return;
    const domain = node.labels[this.#constraint.topologyKey]!;
    this.#counts.set(domain, (this.#counts.get(domain) ?? 0) + delta);
    this.#min = undefined;
  }

  test(node: NodeInfo) {
    const { topologyKey, maxSkew } = this.#constraint;
    const domain = node.labels[topologyKey];
    if (domain === undefined) return withoutLabel;
    const skew = (this.#counts.get(domain) ?? 0) + this.#countsItself - this.#minimum();
    return skew > maxSkew ? tooUneven : undefined;
  }

  /** Of the emptiest domain; with fewer domains than wanted one that is not there counts, with 0 (KEP-3022). */
  #minimum(): number {
    if (this.#counts.size < this.#constraint.minDomains) return 0;
    if (this.#min === undefined) {
      this.#min = Number.MAX_SAFE_INTEGER;
      for (const count of this.#counts.values()) if (count < this.#min) this.#min = count;
    }
    return this.#min;
  }

  #includes(node: NodeInfo): boolean {
    return hasAllKeys(node, this.#all) && includesNode(this.#constraint, this.#pod, node);
  }
}

function spreadScore(
  pod: PodInfo,
  constraints: readonly SpreadConstraint[],
  context: PluginContext,
): PodScore {
  const { snapshot } = context;
  // With the default constraints nodes need not have a zone.
  const allKeys = hasOwnConstraints(pod);
  const spreads = constraints.map((constraint) => new SoftSpread(constraint, pod, snapshot));
  const isIgnored = (node: NodeInfo) => allKeys && !hasAllKeys(node, constraints);
  const podChanged = (other: PodInfo, node: NodeInfo, delta: 1 | -1) => {
    if (!node.node || isIgnored(node)) return;
    for (const spread of spreads) spread.podChanged(other, node, delta);
  };
  for (const { pod: other, node } of snapshot.podsIn(pod.namespace)) podChanged(other, node, 1);
  return {
    begin(nodes) {
      const considered = allKeys ? nodes.filter((node) => !isIgnored(node)) : nodes;
      for (const spread of spreads) spread.begin(considered);
    },
    rate(node) {
      if (isIgnored(node)) return 0;
      let sum = 0;
      for (const spread of spreads) sum += spread.rate(node);
      return Math.round(sum);
    },
    normalize(rates, nodes) {
      let min = Number.MAX_SAFE_INTEGER;
      let max = 0;
      for (let i = 0; i < rates.length; i++) {
        if (allKeys && isIgnored(nodes[i]!)) continue;
        min = Math.min(min, rates[i]!);
        max = Math.max(max, rates[i]!);
      }
      for (let i = 0; i < rates.length; i++) {
        if (allKeys && isIgnored(nodes[i]!)) rates[i] = 0;
        else rates[i] = max === 0 ? scoreMax : Math.floor((scoreMax * (max + min - rates[i]!)) / max);
      }
    },
    podChanged,
  };
}

/** Pods by domain, in arrays by node and by domain: rating a node is two look-ups. */
class SoftSpread {
  readonly #constraint: SpreadConstraint;
  readonly #pod: PodInfo;
  /** Number of the domain by slot; -1 for nodes without one. */
  readonly #domainOf: Int32Array;
  readonly #counts: Int32Array;
  /** The last `begin` that saw the domain. */
  readonly #seen: Int32Array;
  #begins = 0;
  #weight = 0;

  constructor(constraint: SpreadConstraint, pod: PodInfo, snapshot: Snapshot) {
    this.#constraint = constraint;
    this.#pod = pod;
    this.#domainOf = new Int32Array(snapshot.slots).fill(-1);
    const domains = new Map<string, number>();
    for (const node of snapshot.nodes) {
      const label = node.labels[constraint.topologyKey];
      if (label === undefined) continue;
      // Hosts are counted by node, whatever their labels say.
      const domain = constraint.topologyKey === hostnameKey ? node.name : label;
      if (!domains.has(domain)) domains.set(domain, domains.size);
      this.#domainOf[node.slot] = domains.get(domain)!;
    }
    this.#counts = new Int32Array(domains.size);
    this.#seen = new Int32Array(domains.size);
  }

  podChanged(other: PodInfo, node: NodeInfo, delta: 1 | -1): void {
    const domain = this.#domainOf[node.slot] ?? -1;
    if (domain < 0 || !counts(this.#constraint, this.#pod, other)) return;
    if (this.#constraint.topologyKey !== hostnameKey && !includesNode(this.#constraint, this.#pod, node))
      return;
    this.#counts[domain]! += delta;
  }

  /** A domain weighs the more the more of them there are, or few large ones would drown the many small. */
  begin(nodes: readonly NodeInfo[]): void {
    let size = 0;
    if (this.#constraint.topologyKey === hostnameKey) size = nodes.length;
    else {
      this.#begins++;
      let withoutDomain = 0;
      for (const { slot } of nodes) {
        const domain = this.#domainOf[slot]!;
        if (domain < 0) withoutDomain = 1;
        else if (this.#seen[domain] !== this.#begins) {
          this.#seen[domain] = this.#begins;
          size++;
        }
      }
      size += withoutDomain;
    }
    this.#weight = Math.log(size + 2);
  }

  rate({ slot }: NodeInfo): number {
    const domain = this.#domainOf[slot]!;
    return domain < 0 ? 0 : this.#counts[domain]! * this.#weight + (this.#constraint.maxSkew - 1);
  }
}
