import type { Pod, ReplicaSetStatus } from '@kubets/api';
import { errorMessage, type Ms, rfc3339 } from '@kubets/base';
import { findCondition, withoutCondition, withWorkloadCondition } from '../runtime/condition.ts';
import { omitZero } from '../runtime/equal.ts';
import { isPodAvailable, isPodReady } from '../runtime/pod_state.ts';
import type { ReplicaOwner } from './replica_controller.ts';

export function planReplicaStatus(options: {
  owner: ReplicaOwner;
  active: readonly Pod[];
  /** Pods on their way out; undefined where the kind does not count them. */
  terminating: number | undefined;
  failure: { reason: string; error: unknown } | undefined;
  now: Ms;
}): ReplicaSetStatus {
  const { owner, active, terminating, failure, now } = options;
  const labels = Object.entries(owner.spec.template?.metadata?.labels ?? {});
  const fullyLabeled = active.filter((pod) =>
    labels.every(([key, value]) => pod.metadata.labels?.[key] === value),
  );
  return {
    replicas: active.length,
    ...omitZero({
      fullyLabeledReplicas: fullyLabeled.length,
      readyReplicas: active.filter(isPodReady).length,
      availableReplicas: active.filter((pod) => isPodAvailable(pod, owner.spec.minReadySeconds, now)).length,
      observedGeneration: owner.metadata.generation ?? 0,
      conditions: failureConditions(owner, failure, now),
    }),
    ...(terminating !== undefined && { terminatingReplicas: terminating }),
  };
}

/** The first failure stays as reported until there is none. */
function failureConditions(
  owner: ReplicaOwner,
  failure: { reason: string; error: unknown } | undefined,
  now: Ms,
) {
  const conditions = owner.status?.conditions;
  if (!failure) return withoutCondition(conditions, 'ReplicaFailure');
  if (findCondition(conditions, 'ReplicaFailure')) return conditions;
  return withWorkloadCondition(conditions, {
    type: 'ReplicaFailure',
    status: 'True',
    reason: failure.reason,
    message: errorMessage(failure.error),
    lastTransitionTime: rfc3339(now),
  });
}
