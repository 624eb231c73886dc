import { type AffinityTerm, type NamespaceLabels, termMatches } from '../state/affinity_term.ts';
import type { ClusterObjects } from '../state/cluster_objects.ts';
import type { Placed, Snapshot } from '../state/cluster_state.ts';
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

const noFriends = unresolvable("node(s) didn't match pod affinity rules");
const hasFoes = resolvable("node(s) didn't match pod anti-affinity rules");
const isFoe = resolvable("node(s) didn't satisfy existing pods anti-affinity rules");

/** How much a pod that is there draws one that it requires beside it. */
const hardAffinityWeight = 1;

/** Pods that want to be, or not to be, where other pods are. */
export const interPodAffinity: SchedulerPlugin = {
  name: 'InterPodAffinity',
  weight: 2,
  filter: affinityFilter,
  score: affinityScore,
  wakesOn(event, pod) {
    const { required, requiredAnti } = pod.terms;
    switch (event.type) {
      case 'node':
        return event.what.has('new') || event.what.has('labels');
      case 'podPlaced':
        return required.some((term) => mayMean(term, event.pod));
      case 'podGone':
        return (
          requiredAnti.some((term) => mayMean(term, event.pod)) ||
          event.pod.terms.requiredAnti.some((term) => mayMean(term, pod))
        );
      case 'podChanged':
        return true;
      case 'namespace':
        return [...required, ...requiredAnti].some((term) => !term.namespaceSelector.nothing);
      default:
        return false;
    }
  },
};

/** Events don't carry the labels of namespaces: a term that selects by them is taken to match. */
function mayMean(term: AffinityTerm, pod: PodInfo): boolean {
  if (term.namespaceSelector.nothing && !term.namespaces.has(pod.namespace)) return false;
  return term.selector.matches(pod.labels);
}

/** Sums by topology key and value. */
class DomainSums {
  readonly #sums = new Map<string, Map<string, number>>();

  add(topologyKey: string, node: NodeInfo, amount: number): void {
    const value = node.labels[topologyKey];
    if (value === undefined) return;
    let byValue = this.#sums.get(topologyKey);
    if (!byValue) {
      byValue = new Map();
      this.#sums.set(topologyKey, byValue);
    }
    const sum = (byValue.get(value) ?? 0) + amount;
    if (sum !== 0) byValue.set(value, sum);
    else if (byValue.delete(value) && byValue.size === 0) this.#sums.delete(topologyKey);
  }

  get empty(): boolean {
    return this.#sums.size === 0;
  }

  at(topologyKey: string, node: NodeInfo): number {
    const value = node.labels[topologyKey];
    return value === undefined ? 0 : (this.#sums.get(topologyKey)?.get(value) ?? 0);
  }

  /** Over all keys. */
  total(node: NodeInfo): number {
    let sum = 0;
    for (const topologyKey of this.#sums.keys()) sum += this.at(topologyKey, node);
    return sum;
  }

  anyPositive(node: NodeInfo): boolean {
    for (const topologyKey of this.#sums.keys()) if (this.at(topologyKey, node) > 0) return true;
    return false;
  }
}

function affinityFilter(pod: PodInfo, { snapshot, objects }: PluginContext): PodFilter {
  const { required, requiredAnti } = pod.terms;
  const labelsOf = namespaceLabels(objects);
  const friends = new DomainSums();
  const foes = new DomainSums();
  /** Domains of pods that don't want this one. */
  const foeOf = new DomainSums();
  const podChanged = (other: PodInfo, node: NodeInfo, delta: 1 | -1) => {
    // All terms must mean the other pod for it to count for any.
    if (required.length > 0 && required.every((term) => termMatches(term, other, labelsOf)))
      for (const term of required) friends.add(term.topologyKey, node, delta);
    for (const term of requiredAnti)
      if (termMatches(term, other, labelsOf)) foes.add(term.topologyKey, node, delta);
    for (const term of other.terms.requiredAnti)
      if (termMatches(term, pod, labelsOf)) foeOf.add(term.topologyKey, node, delta);
  };
  for (const { pod: other, node } of podsOfInterest(
    [...required, ...requiredAnti],
    snapshot,
    (node) => node.podsWithRequiredAntiAffinity,
  ))
    podChanged(other, node, 1);
  // The first of a group that wants to be together has nobody to be with.
  const startsGroup = required.length > 0 && required.every((term) => termMatches(term, pod, labelsOf));
  return {
    idle: () => required.length === 0 && foes.empty && foeOf.empty,
    test(node) {
      if (!hasFriends(node)) return noFriends;
      if (requiredAnti.some((term) => foes.at(term.topologyKey, node) > 0)) return hasFoes;
      return foeOf.anyPositive(node) ? isFoe : undefined;
    },
    podChanged,
  };

  function hasFriends(node: NodeInfo): boolean {
    let all = true;
    for (const { topologyKey } of required) {
      if (!(topologyKey in node.labels)) return false;
      if (friends.at(topologyKey, node) <= 0) all = false;
    }
    return all || (friends.empty && startsGroup);
  }
}

function affinityScore(pod: PodInfo, { snapshot, objects }: PluginContext): PodScore {
  const { preferred, preferredAnti } = pod.terms;
  const labelsOf = namespaceLabels(objects);
  const own = [...preferred, ...preferredAnti];
  const sums = new DomainSums();
  const podChanged = (other: PodInfo, node: NodeInfo, delta: 1 | -1) => {
    for (const term of preferred)
      if (termMatches(term, other, labelsOf)) sums.add(term.topologyKey, node, delta * term.weight);
    for (const term of preferredAnti)
      if (termMatches(term, other, labelsOf)) sums.add(term.topologyKey, node, -delta * term.weight);
    for (const term of other.terms.required)
      if (termMatches(term, pod, labelsOf)) sums.add(term.topologyKey, node, delta * hardAffinityWeight);
    for (const term of other.terms.preferred)
      if (termMatches(term, pod, labelsOf)) sums.add(term.topologyKey, node, delta * term.weight);
    for (const term of other.terms.preferredAnti)
      if (termMatches(term, pod, labelsOf)) sums.add(term.topologyKey, node, -delta * term.weight);
  };
  for (const { pod: other, node } of podsOfInterest(own, snapshot, (node) => node.podsWithAffinity))
    podChanged(other, node, 1);
  return {
    idle: () => sums.empty,
    rate: (node) => sums.total(node),
    normalize(rates) {
      let min = Number.POSITIVE_INFINITY;
      let max = Number.NEGATIVE_INFINITY;
      for (const rate of rates) {
        min = Math.min(min, rate);
        max = Math.max(max, rate);
      }
      for (let i = 0; i < rates.length; i++)
        rates[i] = max > min ? Math.trunc(scoreMax * ((rates[i]! - min) / (max - min))) : 0;
    },
    podChanged,
  };
}

/**
 * Every pod that one of `terms` may mean, and those that may mean us: by namespaces where the terms name
 * them, all pods otherwise.
 */
function* podsOfInterest(
  terms: readonly AffinityTerm[],
  snapshot: Snapshot,
  withTermsOf: (node: NodeInfo) => Iterable<PodInfo>,
): Iterable<Placed> {
  if (terms.some((term) => !term.namespaceSelector.nothing)) {
    for (const node of snapshot.nodes) for (const pod of node.pods.values()) yield { pod, node };
    return;
  }
  const namespaces = new Set(terms.flatMap((term) => [...term.namespaces]));
  for (const namespace of namespaces)
    for (const placed of snapshot.podsIn(namespace)) if (placed.node.node) yield placed;
  const nodes = new Set([...snapshot.nodesWithAffinity, ...snapshot.nodesWithAntiAffinity]);
  for (const node of nodes) {
    if (!node.node) continue;
    for (const pod of withTermsOf(node)) if (!namespaces.has(pod.namespace)) yield { pod, node };
  }
}

function namespaceLabels(objects: ClusterObjects): NamespaceLabels {
  return (name) => objects.namespace(name)?.metadata.labels;
}
