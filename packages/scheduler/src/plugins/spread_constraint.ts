// A topology spread constraint, compiled, and the count of pods by domain that it needs.
import {
  type LabelMatcher,
  labelSelectorMatcher,
  labelSetMatcher,
  type TopologySpreadConstraint,
} from '@kubets/api';
import { matchesNodeAffinity } from '@kubets/controllers/runtime/node_affinity.ts';
import { tolerates } from '@kubets/controllers/runtime/taints.ts';
import type { ClusterObjects } from '../state/cluster_objects.ts';
import type { NodeInfo } from '../state/node_info.ts';
import type { PodInfo } from '../state/pod_info.ts';
import { defaultSpreadSelector } from './default_spread_selector.ts';

export interface SpreadConstraint {
  readonly topologyKey: string;
  readonly maxSkew: number;
  readonly minDomains: number;
  readonly honorAffinity: boolean;
  readonly honorTaints: boolean;
  readonly selectors: readonly LabelMatcher[];
}

export const hostnameKey = 'kubernetes.io/hostname';

/** What pods get that have no constraints of their own (KEP-1258). */
const defaults = [
  { topologyKey: hostnameKey, maxSkew: 3 },
  { topologyKey: 'topology.kubernetes.io/zone', maxSkew: 5 },
];

export function hardConstraints(pod: PodInfo): SpreadConstraint[] {
  return ownConstraints(pod, 'DoNotSchedule');
}

export function softConstraints(pod: PodInfo, objects: ClusterObjects): SpreadConstraint[] {
  if (hasOwnConstraints(pod)) return ownConstraints(pod, 'ScheduleAnyway');
  const selectors = defaultSpreadSelector(pod, objects);
  if (selectors.length === 0) return [];
  return defaults.map((constraint) => ({
    ...constraint,
    minDomains: 1,
    honorAffinity: true,
    honorTaints: false,
    selectors,
  }));
}

export function hasOwnConstraints({ pod }: PodInfo): boolean {
  return (pod.spec.topologySpreadConstraints?.length ?? 0) > 0;
}

function ownConstraints(pod: PodInfo, action: string): SpreadConstraint[] {
  const own = pod.pod.spec.topologySpreadConstraints ?? [];
  return own
    .filter((constraint) => constraint.whenUnsatisfiable === action)
    .map((each) => compile(each, pod));
}

function compile(constraint: TopologySpreadConstraint, pod: PodInfo): SpreadConstraint {
  const selectors = [labelSelectorMatcher(constraint.labelSelector)];
  const same: Record<string, string> = {};
  for (const key of constraint.matchLabelKeys ?? []) if (key in pod.labels) same[key] = pod.labels[key]!;
  if (Object.keys(same).length > 0) selectors.push(labelSetMatcher(same));
  return {
    topologyKey: constraint.topologyKey,
    maxSkew: constraint.maxSkew,
    minDomains: constraint.minDomains ?? 1,
    honorAffinity: constraint.nodeAffinityPolicy !== 'Ignore',
    honorTaints: constraint.nodeTaintsPolicy === 'Honor',
    selectors,
  };
}

export function constraintSelects({ selectors }: SpreadConstraint, labels: PodInfo['labels']): boolean {
  return selectors.every((selector) => selector.matches(labels));
}

/** Whether pods of `other`'s kind count for `constraint` of `pod`. An empty selector counts nothing. */
export function counts(constraint: SpreadConstraint, pod: PodInfo, other: PodInfo): boolean {
  return (
    !other.terminating &&
    other.namespace === pod.namespace &&
    !constraint.selectors.every((selector) => selector.empty) &&
    constraintSelects(constraint, other.labels)
  );
}

/** Whether pods on the node count, by nodeAffinityPolicy and nodeTaintsPolicy (KEP-3094). */
export function includesNode(constraint: SpreadConstraint, pod: PodInfo, node: NodeInfo): boolean {
  if (constraint.honorAffinity && !matchesNodeAffinity(pod.pod.spec, node.node!)) return false;
  if (!constraint.honorTaints) return true;
  const tolerations = pod.pod.spec.tolerations ?? [];
  return node.taints.every(
    (taint) =>
      taint.effect === 'PreferNoSchedule' || tolerations.some((toleration) => tolerates(toleration, taint)),
  );
}

export function hasAllKeys(node: NodeInfo, constraints: readonly SpreadConstraint[]): boolean {
  return constraints.every(({ topologyKey }) => topologyKey in node.labels);
}
