// How many replicas each set of a rollout should have next, for the two strategies.
import type { Deployment, DeploymentStatus, ReplicaSet } from '@kubets/api';
import { intOrPercent } from '../runtime/int_or_percent.ts';

export interface Sizes {
  /** Only sets whose size, or whose record of the deployment's size, changes. */
  changed: ReadonlyMap<ReplicaSet, number>;
  /** Size of the new set, which does not exist yet; undefined when it is not time to make it. */
  create?: number;
}

/** Desired size, and how far above and below it the sum of all sets may go. */
export function limitsOf(deployment: Deployment): { desired: number; surge: number; unavailable: number } {
  const desired = deployment.spec.replicas ?? 1;
  if (deployment.spec.strategy?.type === 'Recreate') return { desired, surge: 0, unavailable: 0 };
  const { maxSurge = 0, maxUnavailable = 0 } = deployment.spec.strategy?.rollingUpdate ?? {};
  const surge = intOrPercent(maxSurge, desired, 'up');
  let unavailable = intOrPercent(maxUnavailable, desired, 'down');
  // Both may round to 0; then one at a time goes down first, since a quota may forbid one more.
  if (surge === 0 && unavailable === 0) unavailable = 1;
  return { desired, surge, unavailable: Math.min(unavailable, desired) };
}

export function rollingSizes(
  deployment: Deployment,
  newSet: ReplicaSet | undefined,
  oldSets: readonly ReplicaSet[],
): Sizes {
  const { desired, surge } = limitsOf(deployment);
  const current = newSet ? sizeOf(newSet) : 0;
  const total = current + sum(oldSets, sizeOf);
  const room = Math.max(0, Math.min(desired + surge - total, desired - current));
  const wanted = current > desired ? desired : current + room;
  if (!newSet) return { changed: new Map(), create: wanted };
  if (wanted !== current) return { changed: new Map([[newSet, wanted]]) };
  return { changed: shrinkOld(deployment, newSet, oldSets) };
}

/**
 * Replicas of old sets that are not available go first: they serve nobody, and could block the rollout for ever.
 * Then as many as leaves the required number available, over all sets.
 */
function shrinkOld(
  deployment: Deployment,
  newSet: ReplicaSet,
  oldSets: readonly ReplicaSet[],
): ReadonlyMap<ReplicaSet, number> {
  const { desired, unavailable } = limitsOf(deployment);
  const minAvailable = desired - unavailable;
  const sizes = new Map<ReplicaSet, number>();
  const size = (set: ReplicaSet) => sizes.get(set) ?? sizeOf(set);
  // Replicas of the new set that are not available yet may be counted on by nobody.
  const total = sizeOf(newSet) + sum(oldSets, sizeOf);
  let surplus = total - minAvailable - (sizeOf(newSet) - availableOf(newSet));
  if (surplus <= 0) return sizes;
  for (const set of oldSets) {
    const broken = Math.min(surplus, sizeOf(set) - availableOf(set));
    if (sizeOf(set) === 0 || broken <= 0) continue;
    sizes.set(set, sizeOf(set) - broken);
    surplus -= broken;
  }
  let spare = sum([...oldSets, newSet], availableOf) - minAvailable;
  for (const set of oldSets) {
    if (spare <= 0) break;
    const step = Math.min(size(set), spare);
    if (step <= 0) continue;
    sizes.set(set, size(set) - step);
    spare -= step;
  }
  return sizes;
}

/** Everything old down to nothing, then, when no old pod runs any more, the new set at full size. */
export function recreateSizes(
  deployment: Deployment,
  newSet: ReplicaSet | undefined,
  oldSets: readonly ReplicaSet[],
  oldPodsRunning: () => boolean,
): Sizes {
  const desired = deployment.spec.replicas ?? 1;
  const active = oldSets.filter((set) => sizeOf(set) > 0);
  if (active.length > 0) return { changed: new Map(active.map((set) => [set, 0])) };
  if (sum(oldSets, (set) => set.status?.replicas ?? 0) > 0 || oldPodsRunning()) return { changed: new Map() };
  if (!newSet) return { changed: new Map(), create: desired };
  return { changed: sizeOf(newSet) === desired ? new Map() : new Map([[newSet, desired]]) };
}

export function sizeOf(set: ReplicaSet): number {
  return set.spec.replicas ?? 1;
}

export function availableOf(set: ReplicaSet): number {
  return set.status?.availableReplicas ?? 0;
}

export function sum(sets: readonly ReplicaSet[], of: (set: ReplicaSet) => number): number {
  return sets.reduce((total, set) => total + of(set), 0);
}

/** A count kept in an annotation; undefined when absent or not one. */
export function countOf(set: ReplicaSet, annotation: string): number | undefined {
  const text = set.metadata.annotations?.[annotation];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

export function isComplete(deployment: Deployment, status: DeploymentStatus | undefined): boolean {
  const desired = deployment.spec.replicas ?? 1;
  return (
    (status?.updatedReplicas ?? 0) === desired &&
    (status?.replicas ?? 0) === desired &&
    (status?.availableReplicas ?? 0) === desired &&
    (status?.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
  );
}

export function olderFirst(a: ReplicaSet, b: ReplicaSet): number {
  const byTime = Date.parse(a.metadata.creationTimestamp) - Date.parse(b.metadata.creationTimestamp);
  return byTime || (a.metadata.name < b.metadata.name ? -1 : 1);
}
