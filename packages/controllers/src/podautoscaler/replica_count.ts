// The arithmetic of the autoscaler ("Algorithm details" of the documentation): replicas follow the ratio of usage to
// target; pods that say nothing, or cannot be believed yet, are counted so that they damp the change.
import type { Pod } from '@kubets/api';
import { parseQuantity } from '@kubets/api';
import type { Ms } from '@kubets/base';
import { isPodReady, podCondition } from '../runtime/pod_state.ts';
import type { Samples } from './metrics_client.ts';

export interface Tolerances {
  up: number;
  down: number;
}

export interface CountContext {
  pods: readonly Pod[];
  currentReplicas: number;
  tolerances: Tolerances;
  now: Ms;
  cpuInitializationPeriodMs: Ms;
  initialReadinessDelayMs: Ms;
}

/** Replicas for a target in percent of what the pods request. */
export function replicasByUtilization(
  context: CountContext & { samples: Samples; resource: string; container?: string; target: number },
): { replicas: number; utilization: number; milliUsage: number } {
  const { pods, samples, resource, container, target } = context;
  const groups = prepare(context, samples, resource);
  const requests = new Map(pods.map((pod) => [pod.metadata.name, requestOf(pod, resource, container)]));
  const first = utilizationOf(groups.usage, requests, target);
  const replicas = settle(context, groups, first.ratio, {
    // Scaling down, a silent pod is taken to use all that it asked for; scaling up, nothing.
    missingUsage: (name) => (requests.get(name)! * Math.max(100, target)) / 100,
    ratioOf: (usage) => utilizationOf(usage, requests, target).ratio,
  });
  return { replicas, utilization: first.utilization, milliUsage: first.average };
}

/** Replicas for a target as an average amount for each pod. */
export function replicasByAverage(
  context: CountContext & { samples: Samples; resource: string; targetMilli: number },
): { replicas: number; milliUsage: number } {
  const { samples, resource, targetMilli } = context;
  const groups = prepare(context, samples, resource);
  const average = (usage: ReadonlyMap<string, number>) => Math.trunc(total(usage) / usage.size);
  const milliUsage = average(groups.usage);
  const replicas = settle(context, groups, milliUsage / targetMilli, {
    missingUsage: () => targetMilli,
    ratioOf: (usage) => average(usage) / targetMilli,
  });
  return { replicas, milliUsage };
}

/** Replicas for a target of one value for all pods together. */
export function replicasByValue(context: CountContext, milliUsage: number, targetMilli: number): number {
  const ratio = milliUsage / targetMilli;
  if (context.currentReplicas === 0) return Math.ceil(ratio);
  if (isWithin(ratio, context.tolerances)) return context.currentReplicas;
  if (context.pods.length === 0) {
    throw new Error(
      'unable to calculate ready pods: no pods returned by selector while calculating replica count',
    );
  }
  const ready = context.pods.filter((pod) => pod.status?.phase === 'Running' && isPodReady(pod)).length;
  return Math.ceil(ratio * ready);
}

/** Replicas for a value that is divided among the pods. */
export function replicasByShare(
  { tolerances }: CountContext,
  statusReplicas: number,
  milliUsage: number,
  targetMilli: number,
): { replicas: number; milliUsage: number } {
  const within = isWithin(milliUsage / (targetMilli * statusReplicas), tolerances);
  return {
    replicas: within ? statusReplicas : Math.ceil(milliUsage / targetMilli),
    milliUsage: Math.ceil(milliUsage / statusReplicas),
  };
}

interface Groups {
  usage: Map<string, number>;
  readyCount: number;
  unready: readonly string[];
  missing: readonly string[];
}

function prepare(context: CountContext, samples: Samples, resource: string): Groups {
  if (context.pods.length === 0)
    throw new Error('no pods returned by selector while calculating replica count');
  const usage = new Map(Array.from(samples, ([name, { milliValue }]) => [name, milliValue]));
  const unready: string[] = [];
  const missing: string[] = [];
  let readyCount = 0;
  for (const pod of context.pods) {
    const { name } = pod.metadata;
    const sample = samples.get(name);
    if (pod.metadata.deletionTimestamp || pod.status?.phase === 'Failed') usage.delete(name);
    else if (pod.status?.phase === 'Pending') unready.push(name);
    else if (!sample) missing.push(name);
    else if (resource === 'cpu' && !isCpuBelievable(pod, sample, context)) unready.push(name);
    else readyCount++;
  }
  for (const name of unready) usage.delete(name);
  if (usage.size === 0) throw new Error('did not receive metrics for targeted pods (pods might be unready)');
  return { usage, readyCount, unready, missing };
}

/** Starting up takes CPU that says nothing of the load. */
function isCpuBelievable(pod: Pod, sample: { at: Ms; windowMs: Ms }, context: CountContext): boolean {
  const ready = podCondition(pod, 'Ready');
  const { startTime } = pod.status ?? {};
  if (!ready || !startTime) return false;
  const start = Date.parse(startTime);
  const since = Date.parse(ready.lastTransitionTime ?? '');
  if (start + context.cpuInitializationPeriodMs > context.now) {
    return ready.status !== 'False' && sample.at >= since + sample.windowMs;
  }
  // Later only pods that were never ready are left out.
  return !(ready.status === 'False' && start + context.initialReadinessDelayMs > since);
}

function settle(
  { currentReplicas, tolerances }: CountContext,
  { usage, readyCount, unready, missing }: Groups,
  ratio: number,
  rules: { missingUsage: (name: string) => number; ratioOf: (usage: ReadonlyMap<string, number>) => number },
): number {
  const damped = unready.length > 0 && ratio > 1;
  if (!damped && missing.length === 0) {
    return isWithin(ratio, tolerances) ? currentReplicas : Math.ceil(ratio * readyCount);
  }
  if (ratio < 1) for (const name of missing) usage.set(name, rules.missingUsage(name));
  else if (ratio > 1) for (const name of missing) usage.set(name, 0);
  if (damped) for (const name of unready) usage.set(name, 0);
  const next = rules.ratioOf(usage);
  if (isWithin(next, tolerances) || (ratio < 1 && next > 1) || (ratio > 1 && next < 1))
    return currentReplicas;
  const replicas = Math.ceil(next * usage.size);
  // Never the other way than the usage asks for.
  if ((next < 1 && replicas > currentReplicas) || (next > 1 && replicas < currentReplicas))
    return currentReplicas;
  return replicas;
}

function utilizationOf(
  usage: ReadonlyMap<string, number>,
  requests: ReadonlyMap<string, number>,
  target: number,
) {
  let used = 0;
  let requested = 0;
  let entries = 0;
  for (const [name, amount] of usage) {
    const request = requests.get(name);
    if (request === undefined) continue;
    used += amount;
    requested += request;
    entries++;
  }
  if (requested === 0) throw new Error('no metrics returned matched known pods');
  const utilization = Math.trunc((used * 100) / requested);
  return { ratio: utilization / target, utilization, average: Math.trunc(used / entries) };
}

/** In thousandths. Throws when a container does not say: its use can't be put in relation to anything. */
function requestOf(pod: Pod, resource: string, container: string | undefined): number {
  const whole = pod.spec.resources?.requests;
  if (container === undefined && whole && Object.keys(whole).length > 0) {
    if (whole[resource] === undefined) {
      throw new Error(`missing pod-level request for ${resource} in Pod ${pod.metadata.name}`);
    }
    return parseQuantity(whole[resource]).milliValue();
  }
  const sidecars = pod.spec.initContainers?.filter((one) => one.restartPolicy === 'Always') ?? [];
  const counted = [...pod.spec.containers, ...sidecars].filter(
    ({ name }) => container === undefined || name === container,
  );
  if (container !== undefined && counted.length === 0) {
    throw new Error(`container ${container} not found in Pod ${pod.metadata.name}`);
  }
  return counted.reduce((sum, { name, resources }) => {
    const request = resources?.requests?.[resource];
    if (request === undefined) {
      throw new Error(`missing request for ${resource} in container ${name} of Pod ${pod.metadata.name}`);
    }
    return sum + parseQuantity(request).milliValue();
  }, 0);
}

function isWithin(ratio: number, { up, down }: Tolerances): boolean {
  return 1 - down <= ratio && ratio <= 1 + up;
}

function total(usage: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const amount of usage.values()) sum += amount;
  return sum;
}
