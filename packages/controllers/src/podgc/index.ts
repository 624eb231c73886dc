import { isNotFound, type Node, objectKey, type Pod } from '@kubets/api';
import { type Ms, rfc3339 } from '@kubets/base';
import { refs } from '@kubets/client';
import type { Index } from '../runtime/caches.ts';
import { findCondition } from '../runtime/condition.ts';
import type { Controller, ControllerContext, ControllerDefinition } from '../runtime/controller.ts';
import { podsByNode } from '../runtime/indexes.ts';
import { isPodFinished } from '../runtime/pod_state.ts';
import { watch, watchAfter } from '../runtime/watch.ts';

/** How long a node must be gone before its pods are: a machine that registers anew keeps its pods. */
const quarantineMs: Ms = 40_000;
const gatherMs: Ms = 20_000;
const outOfService = 'node.kubernetes.io/out-of-service';
const finished = 'finished';

const finishedPods: Index<Pod> = {
  name: 'finished',
  values: (pod) => (isPodFinished(pod) ? [finished] : []),
};

/** Deletes pods that no kubelet will ever end, and finished ones beyond a number. */
export const podGarbageCollector: ControllerDefinition = {
  name: 'pod-garbage-collector-controller',
  create: (context) => [
    lostPods(context),
    ...(context.config.terminatedPodThreshold > 0 ? [finishedPodsLimit(context)] : []),
  ],
};

function lostPods(context: ControllerContext): Controller {
  const { client, caches, clock } = context;
  const nodes = caches.of(refs.nodes);
  const pods = caches.of(refs.pods);
  const podsOn = caches.lookup(refs.pods, podsByNode);
  // Since when a node with pods is missing.
  const missingSince = new Map<string, Ms>();

  return {
    name: 'podgc',
    watches: [
      watch(pods, (pod) => (pod && concerns(pod) ? [objectKey(pod)] : [])),
      watch(nodes, (node, old) => {
        const { name } = (node ?? old)!.metadata;
        if (node) missingSince.delete(name);
        return !node || isOutOfService(node) ? podsOn(name).map(objectKey) : [];
      }),
    ],
    async reconcile(key) {
      const pod = pods.get(key);
      if (!pod || !concerns(pod)) return;
      const { nodeName } = pod.spec;
      if (!nodeName || nodes.get(nodeName)) return forceDelete(context, pod);
      const since = missingSince.get(nodeName) ?? clock.now();
      missingSince.set(nodeName, since);
      const left = since + quarantineMs - clock.now();
      if (left > 0) return { againAfterMs: left };
      if (await nodeIsThere(nodeName)) return;
      await forceDelete(context, pod, {
        type: 'DisruptionTarget',
        status: 'True',
        reason: 'DeletionByPodGC',
        message: 'PodGC: node no longer exists',
        lastTransitionTime: rfc3339(clock.now()),
      });
      if (podsOn(nodeName).length <= 1) missingSince.delete(nodeName);
    },
  };

  function concerns(pod: Pod): boolean {
    const going = pod.metadata.deletionTimestamp !== undefined;
    if (!pod.spec.nodeName) return going;
    const node = nodes.get(pod.spec.nodeName);
    return !node || (going && isOutOfService(node));
  }

  async function nodeIsThere(name: string): Promise<boolean> {
    try {
      await client.get(refs.nodes, name);
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }
}

function finishedPodsLimit(context: ControllerContext): Controller {
  const { caches, config } = context;
  const finishedOf = caches.lookup(refs.pods, finishedPods);
  return {
    name: 'podgc-finished',
    workers: 1,
    watches: [
      watchAfter(caches.of(refs.pods), gatherMs, (pod, old) =>
        pod && isPodFinished(pod) && !(old && isPodFinished(old)) ? [finished] : [],
      ),
    ],
    async reconcile() {
      const all = finishedOf(finished);
      const surplus = all.length - config.terminatedPodThreshold;
      if (surplus <= 0) return;
      for (const pod of [...all].sort(evictedThenOldestFirst).slice(0, surplus))
        await forceDelete(context, pod);
    },
  };
}

/** Failed first, so that its controller counts it: no kubelet is there to say so. */
async function forceDelete({ client }: ControllerContext, pod: Pod, condition?: object): Promise<void> {
  const { name, namespace, uid } = pod.metadata;
  try {
    if (!isPodFinished(pod)) {
      const status = { phase: 'Failed', ...(condition && { conditions: [condition] }) };
      await client.patch(
        refs.pods,
        name,
        namespace,
        'strategic',
        { metadata: { uid }, status },
        { subresource: 'status' },
      );
    }
    await client.delete(refs.pods, name, namespace, { uid, gracePeriodSeconds: 0 });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

/** Set by people on a machine that is certainly off (KEP-2268). */
function isOutOfService(node: Node): boolean {
  const tainted = node.spec?.taints?.some(({ key }) => key === outOfService) ?? false;
  return tainted && findCondition(node.status?.conditions, 'Ready')?.status !== 'True';
}

function evictedThenOldestFirst(a: Pod, b: Pod): number {
  const evicted = (pod: Pod) => (pod.status?.phase === 'Failed' && pod.status.reason === 'Evicted' ? 0 : 1);
  const time = (pod: Pod) => Date.parse(pod.metadata.creationTimestamp);
  return evicted(a) - evicted(b) || time(a) - time(b) || (a.metadata.name < b.metadata.name ? -1 : 1);
}
