import type { Pod, StatefulSet, StatefulSetStatus } from '@kubets/api';
import type { Ms } from '@kubets/base';
import { omitZero } from '../runtime/equal.ts';
import { isPodAvailable, isPodReady } from '../runtime/pod_state.ts';
import { revisionLabel } from './identity.ts';

export function planStatefulStatus(options: {
  set: StatefulSet;
  pods: readonly Pod[];
  currentRevision: string;
  updateRevision: string;
  collisionCount: number;
  now: Ms;
}): StatefulSetStatus {
  const { set, pods, updateRevision, now } = options;
  let { currentRevision } = options;
  const created = pods.filter((pod) => pod.status?.phase);
  const ready = created.filter((pod) => pod.status!.phase === 'Running' && isPodReady(pod));
  const staying = created.filter((pod) => pod.metadata.deletionTimestamp === undefined);
  const of = (revision: string) =>
    staying.filter((pod) => pod.metadata.labels?.[revisionLabel] === revision).length;
  const updatedReplicas = of(updateRevision);
  let currentReplicas = of(currentRevision);
  const desired = set.spec.replicas ?? 1;
  const rolling = (set.spec.updateStrategy?.type ?? 'RollingUpdate') === 'RollingUpdate';
  // The rollout has ended when every pod is of the new revision and ready: it becomes the current one.
  if (rolling && [updatedReplicas, ready.length, created.length].every((count) => count === desired)) {
    currentRevision = updateRevision;
    currentReplicas = updatedReplicas;
  }
  return {
    replicas: created.length,
    ...omitZero({
      readyReplicas: ready.length,
      currentReplicas,
      updatedReplicas,
      observedGeneration: set.metadata.generation ?? 0,
      conditions: set.status?.conditions ?? [],
    }),
    availableReplicas: ready.filter((pod) => isPodAvailable(pod, set.spec.minReadySeconds, now)).length,
    collisionCount: options.collisionCount,
    currentRevision,
    updateRevision,
  };
}
