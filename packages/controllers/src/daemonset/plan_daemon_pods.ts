// Which pods a DaemonSet makes and deletes: first one pod on each node that should have one, then the rolling update
// (KEP-1591 for maxSurge).
import type { DaemonSet, Pod } from '@kubets/api';
import type { Ms } from '@kubets/base';
import { intOrPercent } from '../runtime/int_or_percent.ts';
import { isPodAvailable, isPodReady } from '../runtime/pod_state.ts';
import { type Fit, isUpdated } from './daemon_pod.ts';

export interface NodePods {
  node: string;
  fit: Fit;
  pods: readonly Pod[];
  /** The node does not exist any more; only pods that were never bound are listed. */
  gone?: true;
}

export interface DaemonPlan {
  create: readonly string[];
  remove: readonly { pod: Pod; why?: 'failed' | 'succeeded' }[];
}

export interface DaemonPlanInput {
  set: DaemonSet;
  nodes: readonly NodePods[];
  hash: string;
  now: Ms;
}

/** One pod for each node that should have one, and none elsewhere. */
export function planPlacement({ set, nodes, hash, now }: DaemonPlanInput): DaemonPlan {
  const create: string[] = [];
  const remove: { pod: Pod; why?: 'failed' | 'succeeded' }[] = [];
  const surges = surgeCount(set, 1) > 0;
  for (const { node, fit, pods } of nodes) {
    if (!fit.stay) {
      for (const pod of pods) if (!pod.metadata.deletionTimestamp) remove.push({ pod });
      continue;
    }
    if (pods.length === 0) {
      if (fit.run) create.push(node);
      continue;
    }
    const running: Pod[] = [];
    for (const pod of pods) {
      if (pod.metadata.deletionTimestamp) continue;
      if (pod.status?.phase === 'Failed') remove.push({ pod, why: 'failed' });
      else if (pod.status?.phase === 'Succeeded') remove.push({ pod, why: 'succeeded' });
      else running.push(pod);
    }
    running.sort(scheduledAndOlderFirst);
    if (!surges) for (const pod of running.slice(1)) remove.push({ pod });
    else if (running.length === 0) {
      if (fit.run) create.push(node);
    } else for (const pod of surgeLeftovers(running)) remove.push({ pod });
  }
  return { create, remove };

  /** At most an old pod that still serves and a new one that does not yet. */
  function surgeLeftovers(running: readonly Pod[]): Pod[] {
    const isNew = (pod: Pod) => pod.metadata.labels?.['controller-revision-hash'] === hash;
    const next = running.find(isNew);
    const old = running.find((pod) => !isNew(pod));
    const leftovers = running.filter((pod) => pod !== next && pod !== old);
    const replaced = next && old && (!isPodReady(old) || isPodAvailable(next, set.spec.minReadySeconds, now));
    return replaced ? [...leftovers, old] : leftovers;
  }
}

export function planRollingUpdate(input: DaemonPlanInput): DaemonPlan {
  const { set, nodes } = input;
  const { type = 'RollingUpdate', rollingUpdate } = set.spec.updateStrategy ?? {};
  if (type !== 'RollingUpdate') return { create: [], remove: [] };
  const desired = nodes.filter(({ fit }) => fit.run).length;
  const surge = surgeCount(set, desired);
  if (surge > 0) return planSurge(input, surge, desired);
  const maxUnavailable = Math.max(1, intOrPercent(rollingUpdate?.maxUnavailable ?? 1, desired, 'up'));
  return planReplacement(input, maxUnavailable);
}

/** Deletes old pods, so many that not too many nodes are without; placement makes the new ones. */
function planReplacement({ set, nodes, hash, now }: DaemonPlanInput, maxUnavailable: number): DaemonPlan {
  const available = (pod: Pod) => isPodAvailable(pod, set.spec.minReadySeconds, now);
  const broken: Pod[] = [];
  const working: Pod[] = [];
  let unavailable = 0;
  for (const { pods } of nodes) {
    if (pods.length === 0) continue;
    const { next, old, clear } = splitPods(set, pods, hash);
    if (!clear || (next && old) || (!next && !old)) unavailable++;
    else if (next) unavailable += available(next) ? 0 : 1;
    else if (!available(old!)) {
      broken.push(old!);
      unavailable++;
    } else working.push(old!);
  }
  const more = Math.max(0, maxUnavailable - unavailable);
  return { create: [], remove: [...broken, ...working.slice(0, more)].map((pod) => ({ pod })) };
}

/** Makes new pods beside old ones, and deletes an old one when the new one beside it is available. */
function planSurge(
  { set, nodes, hash, now }: DaemonPlanInput,
  maxSurge: number,
  desired: number,
): DaemonPlan {
  const available = (pod: Pod | undefined) =>
    pod !== undefined && isPodAvailable(pod, set.spec.minReadySeconds, now);
  const remove: Pod[] = [];
  const leaving: Pod[] = [];
  const urgent: string[] = [];
  const candidates: string[] = [];
  let surging = 0;
  let serving = 0;
  for (const { node, fit, pods } of nodes) {
    if (pods.length === 0) continue;
    const { next, old, clear } = splitPods(set, pods, hash);
    if (!clear) {
      surging++;
      continue;
    }
    if (available(old ?? next)) serving++;
    if (!old) continue;
    if (next) {
      if (available(next)) remove.push(old);
      else surging++;
    } else if (!available(old)) {
      if (fit.run) urgent.push(node);
      else remove.push(old);
    } else if (fit.run) candidates.push(node);
    else leaving.push(old);
  }
  // Pods of nodes that should have none any more go only when enough others serve.
  remove.push(...leaving.slice(0, Math.max(0, serving - desired)));
  const create = [...urgent, ...candidates.slice(0, Math.max(0, maxSurge - surging))];
  return { create, remove: remove.map((pod) => ({ pod })) };
}

/** The one new and the one old pod of a node; `clear` is false when there are more. */
function splitPods(set: DaemonSet, pods: readonly Pod[], hash: string) {
  const staying = pods.filter((pod) => !pod.metadata.deletionTimestamp);
  const updated = staying.filter((pod) => isUpdated(pod, set, hash));
  const old = staying.filter((pod) => !updated.includes(pod));
  return { next: updated[0], old: old[0], clear: updated.length <= 1 && old.length <= 1 };
}

function surgeCount(set: DaemonSet, desired: number): number {
  const { type = 'RollingUpdate', rollingUpdate } = set.spec.updateStrategy ?? {};
  if (type !== 'RollingUpdate' || rollingUpdate?.maxSurge === undefined) return 0;
  return intOrPercent(rollingUpdate.maxSurge, desired, 'up');
}

export function scheduledAndOlderFirst(a: Pod, b: Pod): number {
  const scheduled = (pod: Pod) => (pod.spec.nodeName ? 0 : 1);
  const time = (pod: Pod) => Date.parse(pod.metadata.creationTimestamp);
  return scheduled(a) - scheduled(b) || time(a) - time(b) || (a.metadata.name < b.metadata.name ? -1 : 1);
}
