// Pods, as they come and change: those on nodes into the state, those without into the queue.
import { objectKey, type Pod } from '@kubets/api';
import type { NominatedPods } from './cycle/nominated_pods.ts';
import type { SchedulingQueue } from './queue/scheduling_queue.ts';
import type { ClusterState } from './state/cluster_state.ts';
import { podInfoOf } from './state/pod_info.ts';

export interface PodWatch {
  state: ClusterState;
  queue: SchedulingQueue;
  nominated: NominatedPods;
  /** Names of schedulers that are ours. */
  schedulerNames: ReadonlySet<string>;
}

export function onPodChange(watch: PodWatch, pod: Pod | undefined, old: Pod | undefined): void {
  const current = pod && isOver(pod) ? undefined : pod;
  if (!current) {
    gone(watch, (pod ?? old)!);
    return;
  }
  if (current.spec.nodeName) placed(watch, current);
  else waiting(watch, current, old);
}

function gone({ state, queue, nominated }: PodWatch, pod: Pod): void {
  const key = objectKey(pod);
  queue.delete(key);
  nominated.delete(pod.metadata.uid);
  const where = state.whereIs(key);
  if (!where || where.pod.uid !== pod.metadata.uid) return;
  state.removePod(key);
  queue.onEvent({ type: 'podGone', pod: where.pod, node: where.node.name });
}

function placed({ state, queue, nominated }: PodWatch, pod: Pod): void {
  const info = podInfoOf(pod);
  const node = pod.spec.nodeName!;
  const before = state.whereIs(info.key);
  queue.delete(info.key);
  nominated.delete(info.uid);
  state.setPod(info, node);
  const after = state.whereIs(info.key)!;
  if (!before || before.assumed) queue.onEvent({ type: 'podPlaced', pod: info, node });
  else if (after.pod !== before.pod) queue.onEvent({ type: 'podChanged', pod: info, old: before.pod, node });
}

function waiting(
  { state, queue, nominated, schedulerNames }: PodWatch,
  pod: Pod,
  old: Pod | undefined,
): void {
  if (!schedulerNames.has(pod.spec.schedulerName ?? 'default-scheduler')) return;
  const key = objectKey(pod);
  const info = podInfoOf(pod);
  if (state.whereIs(key)?.assumed) {
    // On its way to a node. Should the binding fail, the newest form is tried again.
    queue.refresh(info);
    return;
  }
  if (pod.metadata.deletionTimestamp) {
    queue.delete(key);
    nominated.delete(pod.metadata.uid);
    return;
  }
  const node = pod.status?.nominatedNodeName;
  if (node) nominated.set(info, node);
  else if (old?.status?.nominatedNodeName) nominated.delete(info.uid);
  if (!queue.has(key) || !old || mattersToScheduling(pod, old)) queue.add(info);
  else queue.refresh(info);
}

function isOver({ status }: Pod): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed';
}

/** Updates of status, most of them our own, must not bring a pod back that nothing else has changed for. */
function mattersToScheduling(pod: Pod, old: Pod): boolean {
  return (
    pod.metadata.uid !== old.metadata.uid ||
    pod.metadata.generation !== old.metadata.generation ||
    JSON.stringify(pod.metadata.labels) !== JSON.stringify(old.metadata.labels) ||
    JSON.stringify(pod.spec) !== JSON.stringify(old.spec)
  );
}
