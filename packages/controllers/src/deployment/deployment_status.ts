import type { Deployment, DeploymentCondition, DeploymentStatus, ReplicaSet } from '@kubets/api';
import { type Ms, rfc3339 } from '@kubets/base';
import { findCondition, withoutCondition, withWorkloadCondition } from '../runtime/condition.ts';
import { omitZero } from '../runtime/equal.ts';
import { availableOf, isComplete, limitsOf, sizeOf, sum } from './sizes.ts';

type Conditions = readonly DeploymentCondition[];

export function planDeploymentStatus(options: {
  deployment: Deployment;
  sets: readonly ReplicaSet[];
  newSet: ReplicaSet | undefined;
  conditions: Conditions;
  now: Ms;
  /** Whether this is a rollout, of which Progressing tells, and not only a scaling. */
  estimateProgress?: boolean;
}): DeploymentStatus {
  const { deployment, sets, newSet, now, estimateProgress } = options;
  const { desired, unavailable } = limitsOf(deployment);
  const available = sum(sets, availableOf);
  const terminating = terminatingOf(sets);
  const enough = available >= desired - unavailable;
  const status: DeploymentStatus = {
    ...omitZero({
      observedGeneration: deployment.metadata.generation ?? 0,
      replicas: sum(sets, (set) => set.status?.replicas ?? 0),
      updatedReplicas: newSet?.status?.replicas ?? 0,
      readyReplicas: sum(sets, (set) => set.status?.readyReplicas ?? 0),
      availableReplicas: available,
      unavailableReplicas: Math.max(0, sum(sets, sizeOf) - available),
    }),
    ...(terminating !== undefined && { terminatingReplicas: terminating }),
    ...(deployment.status?.collisionCount !== undefined && {
      collisionCount: deployment.status.collisionCount,
    }),
    conditions: withWorkloadCondition(
      options.conditions,
      condition('Available', enough ? 'True' : 'False', now, {
        reason: enough ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
        message: enough
          ? 'Deployment has minimum availability.'
          : 'Deployment does not have minimum availability.',
      }),
    ),
  };
  if (!estimateProgress) return status;
  return { ...status, conditions: progressConditions(deployment, status, sets, newSet, now) };
}

/** A pause stops the clock of the deadline; going on starts it anew. */
export function pausedConditions(deployment: Deployment, now: Ms): Conditions {
  const conditions = deployment.status?.conditions ?? [];
  const progressing = findCondition(conditions, 'Progressing');
  if (!hasDeadline(deployment) || progressing?.reason === 'ProgressDeadlineExceeded') return conditions;
  const wasPaused = progressing?.reason === 'DeploymentPaused';
  const paused = deployment.spec.paused ?? false;
  if (paused === wasPaused) return conditions;
  return withWorkloadCondition(
    conditions,
    condition('Progressing', 'Unknown', now, {
      reason: paused ? 'DeploymentPaused' : 'DeploymentResumed',
      message: paused ? 'Deployment is paused' : 'Deployment is resumed',
    }),
  );
}

export function withProgress(
  deployment: Deployment,
  status: DeploymentStatus,
  { now, ...what }: { status: string; reason: string; message: string; now: Ms },
): DeploymentStatus {
  if (!hasDeadline(deployment)) return status;
  const next = condition('Progressing', what.status, now, what);
  return { ...status, conditions: withWorkloadCondition(status.conditions, next) };
}

/** Undefined when there is nothing to wait for. */
export function progressCheckIn(deployment: Deployment, status: DeploymentStatus, now: Ms): Ms | undefined {
  const progressing = findCondition(status.conditions, 'Progressing');
  if (!hasDeadline(deployment) || !progressing) return undefined;
  if (isComplete(deployment, status) || progressing.reason === 'ProgressDeadlineExceeded') return undefined;
  const since = Date.parse(progressing.lastUpdateTime ?? '') || now;
  // Times in objects have whole seconds: one more, so that the deadline has passed for certain.
  return Math.max(0, since + deployment.spec.progressDeadlineSeconds! * 1000 - now) + 1000;
}

function progressConditions(
  deployment: Deployment,
  status: DeploymentStatus,
  sets: readonly ReplicaSet[],
  newSet: ReplicaSet | undefined,
  now: Ms,
): DeploymentCondition[] {
  let conditions = status.conditions ?? [];
  const subject = newSet
    ? `ReplicaSet "${newSet.metadata.name}"`
    : `Deployment "${deployment.metadata.name}"`;
  let current = findCondition(conditions, 'Progressing');
  if (!hasDeadline(deployment)) conditions = withoutCondition(conditions, 'Progressing');
  else {
    if (!current && newSet) {
      current = condition('Progressing', 'True', now, {
        reason: 'FoundNewReplicaSet',
        message: `Found new replica set "${newSet.metadata.name}"`,
      });
      conditions = withWorkloadCondition(conditions, current);
    }
    const done =
      (status.replicas ?? 0) === (status.updatedReplicas ?? 0) &&
      current?.reason === 'NewReplicaSetAvailable';
    if (done) {
      // The rollout has ended; what happens to its pods later is not its progress.
    } else if (isComplete(deployment, status)) {
      const next = condition('Progressing', 'True', now, {
        reason: 'NewReplicaSetAvailable',
        message: `${subject} has successfully progressed.`,
      });
      conditions = withWorkloadCondition(conditions, next);
    } else if (hasProgressed(deployment.status, status)) {
      const next = condition('Progressing', 'True', now, {
        reason: 'ReplicaSetUpdated',
        message: `${subject} is progressing.`,
      });
      // Each step forward moves the update time, from which the deadline counts.
      if (current?.status === 'True') next.lastTransitionTime = current.lastTransitionTime;
      conditions = [...withoutCondition(conditions, 'Progressing'), next];
    } else if (deadlinePassed(deployment, current, now)) {
      const next = condition('Progressing', 'False', now, {
        reason: 'ProgressDeadlineExceeded',
        message: `${subject} has timed out progressing.`,
      });
      conditions = withWorkloadCondition(conditions, next);
    }
  }
  const failure = replicaFailure(sets, newSet);
  return failure
    ? withWorkloadCondition(conditions, failure)
    : withoutCondition(conditions, 'ReplicaFailure');
}

function hasProgressed(before: DeploymentStatus | undefined, after: DeploymentStatus): boolean {
  const old = (status: DeploymentStatus | undefined) =>
    (status?.replicas ?? 0) - (status?.updatedReplicas ?? 0);
  return (
    (after.updatedReplicas ?? 0) > (before?.updatedReplicas ?? 0) ||
    old(after) < old(before) ||
    (after.readyReplicas ?? 0) > (before?.readyReplicas ?? 0) ||
    (after.availableReplicas ?? 0) > (before?.availableReplicas ?? 0)
  );
}

function deadlinePassed(deployment: Deployment, current: DeploymentCondition | undefined, now: Ms): boolean {
  if (!current || current.reason === 'NewReplicaSetAvailable') return false;
  if (current.reason === 'ProgressDeadlineExceeded') return true;
  const since = Date.parse(current.lastUpdateTime ?? '') || now;
  return since + deployment.spec.progressDeadlineSeconds! * 1000 < now;
}

/** The new set's failure before any other's. */
function replicaFailure(sets: readonly ReplicaSet[], newSet: ReplicaSet | undefined) {
  for (const set of newSet ? [newSet, ...sets] : sets) {
    const failure = findCondition(set.status?.conditions, 'ReplicaFailure');
    if (failure) return { ...failure, lastUpdateTime: failure.lastTransitionTime };
  }
}

/** Unknown as long as a set has been looked at but has not said. */
function terminatingOf(sets: readonly ReplicaSet[]): number | undefined {
  const seen = sets.filter(
    (set) => set.status?.observedGeneration || set.status?.terminatingReplicas !== undefined,
  );
  if (seen.some((set) => set.status!.terminatingReplicas === undefined)) return undefined;
  return sum(seen, (set) => set.status!.terminatingReplicas!);
}

export function hasDeadline(deployment: Deployment): boolean {
  const seconds = deployment.spec.progressDeadlineSeconds;
  return seconds !== undefined && seconds !== 2_147_483_647;
}

function condition(
  type: string,
  status: string,
  now: Ms,
  { reason, message }: { reason: string; message: string },
): DeploymentCondition {
  return { type, status, reason, message, lastUpdateTime: rfc3339(now), lastTransitionTime: rfc3339(now) };
}
