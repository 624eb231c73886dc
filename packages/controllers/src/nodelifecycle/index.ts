import { isNotFound, type Node, type Pod } from '@kubets/api';
import { type Ms, rfc3339 } from '@kubets/base';
import { refs } from '@kubets/client';
import { findCondition } from '../runtime/condition.ts';
import type { Controller, ControllerContext, ControllerDefinition } from '../runtime/controller.ts';
import { podsByNode } from '../runtime/indexes.ts';
import { podCondition } from '../runtime/pod_state.ts';
import { watch } from '../runtime/watch.ts';
import { planTaints, silenceConditions, wantsEviction } from './plan_node_health.ts';
import { ZoneEvictions } from './zone_evictions.ts';

const leaseNamespace = 'kube-node-lease';
/** How soon to look again at a node whose eviction is held back. */
const heldBackMs: Ms = 20_000;

export const nodeLifecycleController: ControllerDefinition = {
  name: 'node-lifecycle-controller',
  component: 'node-controller',
  create: (context) => [nodeLifecycle(context)],
};

/** Notices kubelets that have fallen silent, and turns conditions of nodes into taints. */
function nodeLifecycle({ client, caches, clock, config, recorder }: ControllerContext): Controller {
  const nodes = caches.of(refs.nodes);
  const leases = caches.of(refs.leases);
  const podsOn = caches.lookup(refs.pods, podsByNode);
  const evictions = new ZoneEvictions();
  // When a sign of life last arrived here, by this clock: those of the nodes may be off.
  const heardAt = new Map<string, Ms>();

  return {
    name: 'nodelifecycle',
    watches: [
      watch(leases, (lease, old) => {
        const { namespace, name } = (lease ?? old)!.metadata;
        if (namespace !== leaseNamespace || !lease) return [];
        if (lease.spec?.renewTime === old?.spec?.renewTime) return [];
        // Only noted: a beat that comes in time needs no work.
        if (nodes.get(name) || heardAt.has(name)) heardAt.set(name, clock.now());
        return [];
      }),
      watch(nodes, (node, old) => {
        const { name } = (node ?? old)!.metadata;
        if (!node) {
          heardAt.delete(name);
          recorder.event(
            old!,
            'Normal',
            'RemovingNode',
            `Node ${name} event: Removing Node ${name} from Controller`,
          );
          return [];
        }
        if (!old) {
          heardAt.set(name, clock.now());
          const message = `Node ${name} event: Registered Node ${name} in Controller`;
          recorder.event(node, 'Normal', 'RegisteredNode', message);
        } else if (ready(node)?.lastHeartbeatTime !== ready(old)?.lastHeartbeatTime) {
          heardAt.set(name, clock.now());
        }
        return [name];
      }),
    ],
    async reconcile(name) {
      let node = nodes.get(name);
      if (!node) return;
      try {
        const wait = silentIn(node);
        if (wait <= 0) node = await markUnknown(node);
        if (ready(node) && ready(node)!.status !== 'True') await markPodsNotReady(node);
        const evictIn = await taint(node);
        const again = [wait > 0 ? wait : undefined, evictIn].filter((ms) => ms !== undefined);
        if (again.length > 0) return { againAfterMs: Math.min(...again) };
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    },
  };

  /** How long until the node counts as silent; 0 or less: it does. */
  function silentIn(node: Node): Ms {
    const heard = heardAt.get(node.metadata.name);
    if (!ready(node)) {
      const since = heard ?? Date.parse(node.metadata.creationTimestamp);
      return since + config.nodeStartupGracePeriodMs - clock.now();
    }
    return (heard ?? clock.now()) + config.nodeMonitorGracePeriodMs - clock.now();
  }

  async function markUnknown(node: Node): Promise<Node> {
    const conditions = silenceConditions(node, clock.now());
    if (conditions.length === 0) return node;
    const { name, resourceVersion } = node.metadata;
    const wasReady = ready(node)?.status === 'True';
    const patched = await client.patch(
      refs.nodes,
      name,
      undefined,
      'strategic',
      { metadata: { resourceVersion }, status: { conditions } },
      { subresource: 'status' },
    );
    if (wasReady) recorder.event(node, 'Normal', 'NodeNotReady', `Node ${name} status is now: NodeNotReady`);
    return patched;
  }

  /** Returns how soon to look again because an eviction has to wait its turn. */
  async function taint(node: Node): Promise<Ms | undefined> {
    const wait = wantsEviction(node)
      ? (evictions.turn(node, nodes.list(), clock.now()) ?? heldBackMs)
      : undefined;
    const taints = planTaints(node, { mayEvict: wait === 0, now: clock.now() });
    if (taints) {
      const { name, resourceVersion } = node.metadata;
      await client.patch(refs.nodes, name, undefined, 'merge', {
        metadata: { resourceVersion },
        spec: { taints },
      });
    }
    return wait || undefined;
  }

  /** Nobody should be sent to pods of which nothing is known any more. */
  async function markPodsNotReady(node: Node) {
    const isUp = (pod: Pod) => podCondition(pod, 'Ready')?.status === 'True';
    for (const pod of podsOn(node.metadata.name).filter(isUp)) {
      const condition = {
        ...podCondition(pod, 'Ready')!,
        status: 'False',
        lastTransitionTime: rfc3339(clock.now()),
      };
      const { name, namespace, uid } = pod.metadata;
      try {
        await client.patch(
          refs.pods,
          name,
          namespace,
          'strategic',
          { metadata: { uid }, status: { conditions: [condition] } },
          { subresource: 'status' },
        );
        recorder.event(pod, 'Warning', 'NodeNotReady', 'Node is not ready');
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    }
  }
}

function ready(node: Node) {
  return findCondition(node.status?.conditions, 'Ready');
}
