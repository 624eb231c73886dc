import type { NodeInfo } from '../state/node_info.ts';
import type { PodInfo } from '../state/pod_info.ts';
import type { Resources } from '../state/resources.ts';
import { type Failure, type SchedulerPlugin, scoreMax } from './plugin.ts';

/** Requests must fit beside those of the pods that are there; the emptier node is the better one. */
export const nodeResourcesFit: SchedulerPlugin = {
  name: 'NodeResourcesFit',
  weight: 1,
  filter: ({ requests }) => ({
    test: (node) => (fits(requests, node) ? undefined : shortage(requests, node)),
  }),
  score: ({ requestsForScore }) => ({
    rate: ({ allocatable, requestedForScore }) => {
      let sum = 0;
      let resources = 0;
      if (allocatable.milliCpu > 0) {
        sum += freeShare(requestedForScore.milliCpu + requestsForScore.milliCpu, allocatable.milliCpu);
        resources++;
      }
      if (allocatable.memory > 0) {
        sum += freeShare(requestedForScore.memory + requestsForScore.memory, allocatable.memory);
        resources++;
      }
      return resources === 0 ? 0 : Math.floor(sum / resources);
    },
  }),
  wakesOn(event, pod) {
    if (event.type === 'podGone') return frees(event.pod.requests, undefined, pod);
    if (event.type === 'podChanged') return frees(event.old.requests, event.pod.requests, pod);
    if (event.type !== 'node' || !(event.what.has('new') || event.what.has('allocatable'))) return false;
    return fitsEmpty(pod.requests, event.node);
  },
};

function freeShare(requested: number, capacity: number): number {
  return requested > capacity ? 0 : Math.floor(((capacity - requested) * scoreMax) / capacity);
}

const tooManyPods = 'Too many pods';

/** Apart from `shortage`, which makes things: this is asked of each node for each pod. */
function fits(requests: Resources, { allocatable, requested, pods }: NodeInfo): boolean {
  return (
    pods.size < allocatable.pods &&
    requests.milliCpu <= allocatable.milliCpu - requested.milliCpu &&
    requests.memory <= allocatable.memory - requested.memory &&
    requests.ephemeralStorage <= allocatable.ephemeralStorage - requested.ephemeralStorage &&
    requests.scalars.size === 0
  );
}

function shortage(requests: Resources, node: NodeInfo): Failure | undefined {
  const { allocatable, requested } = node;
  const reasons: string[] = [];
  let helpedByPreemption = true;
  if (node.pods.size + 1 > allocatable.pods) reasons.push(tooManyPods);
  const check = (name: string, wanted: number, has: number, used: number) => {
    if (wanted === 0 || wanted <= has - used) return;
    reasons.push(`Insufficient ${name}`);
    // More than the node has when it is empty.
    if (wanted > has) helpedByPreemption = false;
  };
  check('cpu', requests.milliCpu, allocatable.milliCpu, requested.milliCpu);
  check('memory', requests.memory, allocatable.memory, requested.memory);
  check(
    'ephemeral-storage',
    requests.ephemeralStorage,
    allocatable.ephemeralStorage,
    requested.ephemeralStorage,
  );
  for (const [name, wanted] of requests.scalars)
    check(name, wanted, allocatable.scalars.get(name) ?? 0, requested.scalars.get(name) ?? 0);
  return reasons.length > 0 ? { reasons, helpedByPreemption } : undefined;
}

/** Whether the step from `before` to `after` (or to nothing) frees any resource that `pod` asks for. */
function frees(before: Resources, after: Resources | undefined, pod: PodInfo): boolean {
  // A place among the node's pods, at least.
  if (!after) return true;
  const { requests } = pod;
  if (requests.milliCpu > 0 && after.milliCpu < before.milliCpu) return true;
  if (requests.memory > 0 && after.memory < before.memory) return true;
  if (requests.ephemeralStorage > 0 && after.ephemeralStorage < before.ephemeralStorage) return true;
  for (const name of requests.scalars.keys())
    if ((after.scalars.get(name) ?? 0) < (before.scalars.get(name) ?? 0)) return true;
  return false;
}

function fitsEmpty(requests: Resources, { allocatable }: NodeInfo): boolean {
  if (
    allocatable.pods < 1 ||
    requests.milliCpu > allocatable.milliCpu ||
    requests.memory > allocatable.memory
  )
    return false;
  if (requests.ephemeralStorage > allocatable.ephemeralStorage) return false;
  for (const [name, wanted] of requests.scalars)
    if (wanted > (allocatable.scalars.get(name) ?? 0)) return false;
  return true;
}
