// Which pods go first when a set shrinks: those that do the least, then those whose loss hurts the least
// (documented under "Scaling down" of ReplicaSet; KEP-2255 for the cost annotation, KEP-2185 for random choice
// among pods of about the same age).
import type { Pod } from '@kubets/api';
import type { Ms } from '@kubets/base';
import { isPodActive, isPodReady, podCondition } from '../runtime/pod_state.ts';

const deletionCost = 'controller.kubernetes.io/pod-deletion-cost';

/** `pods`, those to delete first in front. */
export function rankForDeletion(pods: readonly Pod[], related: Iterable<Pod>, now: Ms): Pod[] {
  const onNode = new Map<string, number>();
  for (const pod of related) {
    if (!isPodActive(pod)) continue;
    const node = pod.spec.nodeName ?? '';
    onNode.set(node, (onNode.get(node) ?? 0) + 1);
  }
  return pods
    .map((pod) => ({ pod, ...standing(pod, onNode, now) }))
    .sort(deletedFirst)
    .map(({ pod }) => pod);
}

type Standing = ReturnType<typeof standing>;

function standing(pod: Pod, onNode: ReadonlyMap<string, number>, now: Ms) {
  const ready = isPodReady(pod);
  return {
    uid: pod.metadata.uid,
    assigned: pod.spec.nodeName ? 1 : 0,
    phase: pod.status?.phase === 'Running' ? 2 : pod.status?.phase === 'Unknown' ? 1 : 0,
    ready: ready ? 1 : 0,
    cost: costOf(pod),
    crowd: onNode.get(pod.spec.nodeName ?? '') ?? 0,
    readyAge: ready ? ageBucket(podCondition(pod, 'Ready')?.lastTransitionTime, now) : 0,
    restarts: mostRestarts(pod, false),
    sidecarRestarts: mostRestarts(pod, true),
    age: ageBucket(pod.metadata.creationTimestamp, now),
  };
}

function deletedFirst(a: Standing, b: Standing): number {
  return (
    a.assigned - b.assigned ||
    a.phase - b.phase ||
    a.ready - b.ready ||
    a.cost - b.cost ||
    b.crowd - a.crowd ||
    a.readyAge - b.readyAge ||
    b.restarts - a.restarts ||
    b.sidecarRestarts - a.sidecarRestarts ||
    a.age - b.age ||
    (a.uid < b.uid ? -1 : a.uid > b.uid ? 1 : 0)
  );
}

function costOf(pod: Pod): number {
  const cost = Number(pod.metadata.annotations?.[deletionCost] ?? 0);
  return Number.isInteger(cost) ? cost : 0;
}

/** Ages by powers of two: within one bucket the uid, which is random, decides. The youngest come first. */
function ageBucket(since: string | undefined, now: Ms): number {
  if (!since) return -1;
  const ms = now - Date.parse(since);
  return ms <= 0 ? 0 : 1 + Math.floor(Math.log2(ms));
}

function mostRestarts(pod: Pod, sidecars: boolean): number {
  const always = new Set(
    pod.spec.initContainers?.filter((c) => c.restartPolicy === 'Always').map((c) => c.name),
  );
  const statuses = sidecars
    ? pod.status?.initContainerStatuses?.filter((status) => always.has(status.name))
    : pod.status?.containerStatuses;
  return Math.max(0, ...(statuses ?? []).map((status) => status.restartCount));
}
