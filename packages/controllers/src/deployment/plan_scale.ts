// A deployment that is scaled in the middle of a rollout grows or shrinks in proportion, so that a broken new
// version does not get all of the growth.
import type { Deployment, ReplicaSet } from '@kubets/api';
import { availableOf, countOf, limitsOf, olderFirst, type Sizes, sizeOf, sum } from './sizes.ts';

export function planScale(
  deployment: Deployment,
  newSet: ReplicaSet | undefined,
  oldSets: readonly ReplicaSet[],
): Sizes {
  const { desired, surge } = limitsOf(deployment);
  const all = newSet ? [...oldSets, newSet] : [...oldSets];
  const active = all.filter((set) => sizeOf(set) > 0);
  if (active.length <= 1) {
    const only = active[0] ?? newSet ?? oldSets.at(-1);
    return { changed: only ? new Map([[only, desired]]) : new Map() };
  }
  if (newSet && isSaturated(newSet, desired)) {
    return { changed: new Map(active.filter((set) => set !== newSet).map((set) => [set, 0])) };
  }
  if (deployment.spec.strategy?.type === 'Recreate') return { changed: new Map() };
  return { changed: proportionalSizes(deployment, active, desired, surge) };
}

function proportionalSizes(
  deployment: Deployment,
  active: ReplicaSet[],
  desired: number,
  surge: number,
): ReadonlyMap<ReplicaSet, number> {
  const toAdd = (desired > 0 ? desired + surge : 0) - sum(active, sizeOf);
  const larger = (a: ReplicaSet, b: ReplicaSet) => sizeOf(b) - sizeOf(a);
  const sorted = active.sort((a, b) => larger(a, b) || (toAdd > 0 ? olderFirst(b, a) : olderFirst(a, b)));
  const sizes = new Map<ReplicaSet, number>();
  let left = toAdd;
  for (const set of sorted) {
    const share = shareOf(deployment, set, desired, surge);
    const added = toAdd > 0 ? Math.min(share, left) : toAdd < 0 ? Math.max(share, left) : 0;
    sizes.set(set, sizeOf(set) + added);
    left -= added;
  }
  // What rounding left over goes to the largest.
  const largest = sorted[0]!;
  if (left !== 0) sizes.set(largest, Math.max(0, sizes.get(largest)! + left));
  return sizes;
}

/** How much the set grows when it keeps its part of the whole; negative when it shrinks. */
function shareOf(deployment: Deployment, set: ReplicaSet, desired: number, surge: number): number {
  if (desired === 0) return -sizeOf(set);
  const before = countOf(set, 'deployment.kubernetes.io/max-replicas') || (deployment.status?.replicas ?? 0);
  if (before === 0) return 0;
  return Math.round((sizeOf(set) * (desired + surge)) / before) - sizeOf(set);
}

function isSaturated(set: ReplicaSet, desired: number): boolean {
  return (
    sizeOf(set) === desired &&
    countOf(set, 'deployment.kubernetes.io/desired-replicas') === desired &&
    availableOf(set) === desired
  );
}
