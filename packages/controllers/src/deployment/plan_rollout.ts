// What a deployment's replica sets should look like next. One step at a time: each change of a replica set brings
// the deployment back here, so the plan never has to guess what its own writes will lead to.
import type { Deployment, DeploymentStatus, ReplicaSet } from '@kubets/api';
import type { Ms } from '@kubets/base';
import { semanticEqual } from '../runtime/equal.ts';
import {
  pausedConditions,
  planDeploymentStatus,
  progressCheckIn,
  withProgress,
} from './deployment_status.ts';
import {
  type NewReplicaSet,
  newReplicaSet,
  newSetAnnotations,
  revisionOf,
  withSizeAnnotations,
} from './new_replica_set.ts';
import { planScale } from './plan_scale.ts';
import {
  countOf,
  isComplete,
  limitsOf,
  olderFirst,
  recreateSizes,
  rollingSizes,
  type Sizes,
  sizeOf,
} from './sizes.ts';
import { templatesEqual } from './template_equal.ts';

export interface RolloutPlan {
  create?: NewReplicaSet;
  changes: readonly ReplicaSetChange[];
  remove: readonly ReplicaSet[];
  /** For the deployment's own revision annotation. */
  revision: string | undefined;
  status: DeploymentStatus;
  /** When to look whether the deadline for progress has passed. */
  againAfterMs?: Ms;
}

export interface ReplicaSetChange {
  set: ReplicaSet;
  replicas: number;
  annotations: Record<string, string>;
  minReadySeconds: number | undefined;
}

export function planRollout(options: {
  deployment: Deployment;
  /** All that the deployment manages. */
  replicaSets: readonly ReplicaSet[];
  /** For Recreate: whether pods of these sets, other than the new one's, may still run. */
  oldPodsRunning: (newSet: ReplicaSet | undefined) => boolean;
  now: Ms;
}): RolloutPlan {
  const { deployment, now } = options;
  const { newSet, oldSets } = splitSets(deployment, options.replicaSets);
  const sets = newSet ? [...oldSets, newSet] : oldSets;
  const conditions = pausedConditions(deployment, now);
  const status = planDeploymentStatus({ deployment, sets, newSet, conditions, now });
  if (deployment.metadata.deletionTimestamp) {
    return { changes: [], remove: [], revision: undefined, status };
  }

  const nextRevision = 1n + highestRevision(oldSets);
  const annotations = newSet && newSetAnnotations(deployment, newSet, nextRevision);
  const finish = (sizes: Sizes, more?: Partial<RolloutPlan>): RolloutPlan => ({
    changes: changesOf({ deployment, sets, sizes, newSet, annotations }),
    remove: [],
    revision: annotations?.['deployment.kubernetes.io/revision'],
    status,
    ...more,
  });

  if (deployment.spec.paused) {
    const remove = beyondHistory(deployment, oldSets);
    return finish(planScale(deployment, newSet, oldSets), { remove });
  }
  if (wasScaled(deployment, sets)) return finish(planScale(deployment, newSet, oldSets));

  const recreate = deployment.spec.strategy?.type === 'Recreate';
  const sizes = recreate
    ? recreateSizes(deployment, newSet, oldSets, () => options.oldPodsRunning(newSet))
    : rollingSizes(deployment, newSet, oldSets);
  if (!newSet && sizes.create !== undefined) {
    const create = newReplicaSet(deployment, sizes.create, nextRevision);
    const created = withProgress(deployment, status, {
      status: 'True',
      reason: 'NewReplicaSetCreated',
      message: `Created new replica set "${create.metadata.name}"`,
      now,
    });
    return finish(sizes, { create, revision: String(nextRevision), status: created });
  }
  const progressed = planDeploymentStatus({
    deployment,
    sets,
    newSet,
    conditions,
    now,
    estimateProgress: true,
  });
  const settled = sizes.changed.size === 0 && isComplete(deployment, deployment.status);
  return finish(sizes, {
    remove: settled ? beyondHistory(deployment, oldSets) : [],
    status: progressed,
    againAfterMs: progressCheckIn(deployment, progressed, now),
  });
}

/** The set with the deployment's template (the oldest, should there be several), and the others, oldest first. */
export function splitSets(deployment: Deployment, sets: readonly ReplicaSet[]) {
  const sorted = [...sets].sort(olderFirst);
  const newSet = sorted.find((set) => templatesEqual(set.spec.template, deployment.spec.template));
  return { newSet, oldSets: sorted.filter((set) => set !== newSet) };
}

/** The deployment's size has changed since a set was last sized: scale in proportion before rolling on. */
function wasScaled(deployment: Deployment, sets: readonly ReplicaSet[]): boolean {
  return sets.some((set) => {
    const desired = countOf(set, 'deployment.kubernetes.io/desired-replicas');
    return sizeOf(set) > 0 && desired !== undefined && desired !== (deployment.spec.replicas ?? 1);
  });
}

function changesOf(options: {
  deployment: Deployment;
  sets: readonly ReplicaSet[];
  sizes: Sizes;
  newSet: ReplicaSet | undefined;
  annotations: Record<string, string> | undefined;
}): ReplicaSetChange[] {
  const { deployment, sets, sizes, newSet } = options;
  const { desired, surge } = limitsOf(deployment);
  const changes: ReplicaSetChange[] = [];
  for (const set of sets) {
    const replicas = sizes.changed.get(set) ?? sizeOf(set);
    let annotations = (set === newSet ? options.annotations : set.metadata.annotations) ?? {};
    if (sizes.changed.has(set)) annotations = withSizeAnnotations(annotations, desired, desired + surge);
    const minReadySeconds = set === newSet ? deployment.spec.minReadySeconds : set.spec.minReadySeconds;
    const same =
      replicas === sizeOf(set) &&
      (minReadySeconds ?? 0) === (set.spec.minReadySeconds ?? 0) &&
      semanticEqual(annotations, set.metadata.annotations);
    if (!same) changes.push({ set, replicas, annotations, minReadySeconds });
  }
  return changes;
}

/** Old sets past revisionHistoryLimit, lowest revision first; those that still have pods stay. */
function beyondHistory(deployment: Deployment, oldSets: readonly ReplicaSet[]): ReplicaSet[] {
  const limit = deployment.spec.revisionHistoryLimit;
  if (limit === undefined || limit === 2_147_483_647) return [];
  const alive = oldSets.filter((set) => !set.metadata.deletionTimestamp);
  const surplus = alive.length - limit;
  if (surplus <= 0) return [];
  return alive
    .sort((a, b) => Number(revisionOf(a) - revisionOf(b)) || olderFirst(a, b))
    .slice(0, surplus)
    .filter(
      (set) =>
        sizeOf(set) === 0 &&
        (set.status?.replicas ?? 0) === 0 &&
        (set.metadata.generation ?? 0) <= (set.status?.observedGeneration ?? 0),
    );
}

function highestRevision(sets: readonly ReplicaSet[]): bigint {
  let highest = 0n;
  for (const set of sets) {
    const revision = revisionOf(set);
    if (revision > highest) highest = revision;
  }
  return highest;
}
