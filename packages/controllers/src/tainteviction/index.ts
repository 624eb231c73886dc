import { isNotFound, objectKey, type Pod } from '@kubets/api';
import { type Ms, rfc3339 } from '@kubets/base';
import { refs } from '@kubets/client';
import type { Controller, ControllerContext, ControllerDefinition } from '../runtime/controller.ts';
import { semanticEqual } from '../runtime/equal.ts';
import { podsByNode } from '../runtime/indexes.ts';
import { watch } from '../runtime/watch.ts';
import { noExecuteTaints, tolerationTime } from './plan_eviction.ts';

export const taintEvictionController: ControllerDefinition = {
  name: 'taint-eviction-controller',
  create: (context) => [taintEviction(context)],
};

/** Deletes pods from nodes whose NoExecute taints they do not tolerate, or no longer. */
function taintEviction({ client, caches, clock, recorder }: ControllerContext): Controller {
  const nodes = caches.of(refs.nodes);
  const pods = caches.of(refs.pods);
  const podsOn = caches.lookup(refs.pods, podsByNode);
  // Since when a pod's days are counted; only pods that will be deleted.
  const countedSince = new Map<string, { uid: string; since: Ms }>();

  return {
    name: 'tainteviction',
    workers: 8,
    watches: [
      watch(nodes, (node, old) => {
        if (semanticEqual(noExecuteTaints(node), noExecuteTaints(old))) return [];
        return podsOn((node ?? old)!.metadata.name).map(objectKey);
      }),
      watch(pods, (pod, old) => {
        const key = objectKey((pod ?? old)!);
        if (!pod) return countedSince.has(key) ? [key] : [];
        if (!pod.spec.nodeName || noExecuteTaints(nodes.get(pod.spec.nodeName)).length === 0) return [];
        const same =
          old?.spec.nodeName === pod.spec.nodeName &&
          semanticEqual(old.spec.tolerations, pod.spec.tolerations);
        return same ? [] : [key];
      }),
    ],
    async reconcile(key) {
      const pod = pods.get(key);
      const known = countedSince.get(key);
      if (!pod?.spec.nodeName || pod.metadata.deletionTimestamp) {
        countedSince.delete(key);
        return;
      }
      const taints = noExecuteTaints(nodes.get(pod.spec.nodeName));
      const stay = taints.length > 0 ? tolerationTime(pod, taints) : undefined;
      if (stay === undefined) {
        if (known?.uid === pod.metadata.uid)
          recorder.event(pod, 'Normal', 'TaintManagerEviction', `Cancelling deletion of Pod ${key}`);
        countedSince.delete(key);
        return;
      }
      const since = known?.uid === pod.metadata.uid ? known.since : clock.now();
      countedSince.set(key, { uid: pod.metadata.uid, since });
      const left = since + stay - clock.now();
      if (left > 0) return { againAfterMs: left };
      await evict(pod);
      countedSince.delete(key);
    },
  };

  async function evict(pod: Pod) {
    const { name, namespace, uid } = pod.metadata;
    recorder.event(pod, 'Normal', 'TaintManagerEviction', `Marking for deletion Pod ${namespace}/${name}`);
    const condition = {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'DeletionByTaintManager',
      message: 'Taint manager: deleting due to NoExecute taint',
      lastTransitionTime: rfc3339(clock.now()),
    };
    try {
      const patch = { metadata: { uid }, status: { conditions: [condition] } };
      await client.patch(refs.pods, name, namespace, 'strategic', patch, { subresource: 'status' });
      await client.delete(refs.pods, name, namespace, { uid });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}
