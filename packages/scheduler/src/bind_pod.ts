// A decision made true: the pod is told of its node by way of the API.
import { isConflict, isNotFound } from '@kubets/api';
import { errorMessage } from '@kubets/base';
import { type Client, type EventRecorder, refs } from '@kubets/client';
import type { SchedulerPlugin } from './plugins/plugin.ts';
import type { QueuedPod, SchedulingQueue } from './queue/scheduling_queue.ts';
import type { ReportFailure } from './report_failure.ts';
import type { ClusterState } from './state/cluster_state.ts';
import type { NodeInfo } from './state/node_info.ts';

export interface BindContext {
  client: Client;
  recorder: EventRecorder;
  state: ClusterState;
  queue: SchedulingQueue;
  reportFailure: ReportFailure;
  signal: AbortSignal;
}

/** The pod counts for its node from the call on; what the API says of it arrives later. */
export async function bindPod(
  queued: QueuedPod,
  node: NodeInfo,
  plugins: readonly SchedulerPlugin[],
  context: BindContext,
): Promise<void> {
  const { client, recorder, state, queue, signal } = context;
  const { pod } = queued;
  const { name, namespace, uid } = pod.pod.metadata;
  state.assume(pod, node.name);
  const undo = plugins.flatMap((plugin) => plugin.reserve?.(pod, node) ?? []);
  try {
    for (const plugin of plugins) if (plugin.beforeBind) await plugin.beforeBind(pod, node, signal);
    await client.createSubresource(refs.pods, name, namespace, 'binding', {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name, namespace, uid },
      target: { kind: 'Node', name: node.name },
    });
    queue.done(pod.key);
    recorder.event(
      pod.pod,
      'Normal',
      'Scheduled',
      `Successfully assigned ${namespace}/${name} to ${node.name}`,
    );
  } catch (error) {
    for (const each of undo) each();
    if (signal.aborted) return;
    const confirmed = state.whereIs(pod.key)?.assumed === false;
    state.forget(pod.key);
    if (!confirmed) queue.onEvent({ type: 'podGone', pod, node: node.name });
    // Deleted, or placed by someone else, meanwhile: the watch tells what has become of it.
    if (isNotFound(error) || isConflict(error) || confirmed) queue.done(pod.key);
    else {
      queue.retry(queued);
      context.reportFailure(pod, { reason: 'SchedulerError', message: errorMessage(error) });
    }
    return;
  }
  // What was set aside is in the API now; the plugin may forget its own note of it.
  for (const each of undo) each();
}
