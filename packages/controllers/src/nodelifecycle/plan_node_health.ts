// What a node's silence and its conditions mean for its status and taints (KEP-589 leases as heartbeats; "Node
// Conditions" and "Taint based Evictions" of the documentation).
import type { Node, NodeCondition, Taint } from '@kubets/api';
import { type Ms, rfc3339 } from '@kubets/base';
import { findCondition } from '../runtime/condition.ts';

/** NetworkUnavailable is not the kubelet's: it stays as it is. */
const kubeletConditions = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'];

/** Conditions to change because the kubelet has been silent for too long. */
export function silenceConditions(node: Node, now: Ms): NodeCondition[] {
  const changed: NodeCondition[] = [];
  for (const type of kubeletConditions) {
    const current = findCondition(node.status?.conditions, type);
    if (current?.status === 'Unknown') continue;
    changed.push(
      current
        ? {
            ...current,
            status: 'Unknown',
            reason: 'NodeStatusUnknown',
            message: 'Kubelet stopped posting node status.',
            lastTransitionTime: rfc3339(now),
          }
        : {
            type,
            status: 'Unknown',
            reason: 'NodeStatusNeverUpdated',
            message: 'Kubelet never posted node status.',
            lastHeartbeatTime: node.metadata.creationTimestamp,
            lastTransitionTime: rfc3339(now),
          },
    );
  }
  return changed;
}

const notReady = 'node.kubernetes.io/not-ready';
const unreachable = 'node.kubernetes.io/unreachable';

const conditionTaints: readonly { type: string; status: string; key: string }[] = [
  { type: 'Ready', status: 'False', key: notReady },
  { type: 'Ready', status: 'Unknown', key: unreachable },
  { type: 'MemoryPressure', status: 'True', key: 'node.kubernetes.io/memory-pressure' },
  { type: 'DiskPressure', status: 'True', key: 'node.kubernetes.io/disk-pressure' },
  { type: 'PIDPressure', status: 'True', key: 'node.kubernetes.io/pid-pressure' },
  { type: 'NetworkUnavailable', status: 'True', key: 'node.kubernetes.io/network-unavailable' },
];
const unschedulable = 'node.kubernetes.io/unschedulable';
const owned = new Set([...conditionTaints.map(({ key }) => key), unschedulable]);

/**
 * The node's taints as its conditions ask for, or undefined when they are so. `mayEvict` false leaves NoExecute
 * out: evictions are held back when much of a zone is down, since then the network is the likelier culprit.
 */
export function planTaints(
  node: Node,
  { mayEvict, now }: { mayEvict: boolean; now: Ms },
): Taint[] | undefined {
  const current = node.spec?.taints ?? [];
  const wanted: Taint[] = [];
  for (const { type, status, key } of conditionTaints) {
    if (findCondition(node.status?.conditions, type)?.status !== status) continue;
    wanted.push({ key, effect: 'NoSchedule', timeAdded: rfc3339(now) });
    if (type === 'Ready' && (mayEvict || isEvicting(current))) {
      wanted.push({ key, effect: 'NoExecute', timeAdded: rfc3339(now) });
    }
  }
  if (node.spec?.unschedulable)
    wanted.push({ key: unschedulable, effect: 'NoSchedule', timeAdded: rfc3339(now) });

  const isOwned = ({ key, effect }: Taint) =>
    effect === 'NoSchedule'
      ? owned.has(key)
      : effect === 'NoExecute' && (key === notReady || key === unreachable);
  const isWanted = (taint: Taint) =>
    wanted.some((other) => other.key === taint.key && other.effect === taint.effect);
  const kept = current.filter((taint) => !isOwned(taint) || isWanted(taint));
  const added = wanted.filter(
    (taint) => !current.some((other) => other.key === taint.key && other.effect === taint.effect),
  );
  return added.length > 0 || kept.length < current.length ? [...kept, ...added] : undefined;
}

/** True when the node should be emptied and is not yet. */
export function wantsEviction(node: Node): boolean {
  const ready = findCondition(node.status?.conditions, 'Ready')?.status;
  return (ready === 'False' || ready === 'Unknown') && !isEvicting(node.spec?.taints ?? []);
}

/** From not ready to unreachable, or back, goes on without waiting for another turn. */
function isEvicting(taints: readonly Taint[]): boolean {
  return taints.some(
    ({ key, effect }) => effect === 'NoExecute' && (key === notReady || key === unreachable),
  );
}
