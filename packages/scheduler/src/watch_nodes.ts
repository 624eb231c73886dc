// Node objects, as they come and change, into the state; and word of it to the pods that wait.
import type { Node } from '@kubets/api';
import type { NodeAspect } from './plugins/plugin.ts';
import type { SchedulingQueue } from './queue/scheduling_queue.ts';
import type { ClusterState } from './state/cluster_state.ts';

export function onNodeChange(
  { state, queue }: { state: ClusterState; queue: SchedulingQueue },
  node: Node | undefined,
  old: Node | undefined,
): void {
  if (!node) {
    state.deleteNode(old!.metadata.name);
    queue.onEvent({ type: 'nodeGone', node: old! });
    return;
  }
  const before = old && state.node(node.metadata.name) ? old : undefined;
  const what = before ? aspectsChanged(before, node) : new Set<NodeAspect>(['new']);
  const imagesChanged = before && !same(before.status?.images, node.status?.images);
  // Most updates are heartbeats.
  if (what.size === 0 && !imagesChanged) return;
  state.setNode(node);
  if (what.size > 0)
    queue.onEvent({ type: 'node', node: state.node(node.metadata.name)!, old: before, what });
}

function aspectsChanged(a: Node, b: Node): Set<NodeAspect> {
  const what = new Set<NodeAspect>();
  if (!same(a.status?.allocatable, b.status?.allocatable)) what.add('allocatable');
  if (!same(a.metadata.labels, b.metadata.labels)) what.add('labels');
  if (!same(a.spec?.taints, b.spec?.taints) || !a.spec?.unschedulable !== !b.spec?.unschedulable)
    what.add('taints');
  return what;
}

/** By text: these parts come from one encoder, and are small. */
function same(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
