// In-place resize (KEP-1287): the spec says what is wanted, the node decides whether it can be had. What it has
// granted is what everything else in the kubelet goes by.
import type { Container, Pod, PodCondition, ResourceRequirements } from '@kubets/api';
import { amount, podTotals } from '../container/resources.ts';
import { type AdmitOptions, insufficient } from './admit.ts';
import { isTerminalPhase } from './status/pod_status.ts';

/** Requests and limits in force, by container name. */
export type Granted = ReadonlyMap<string, ResourceRequirements>;

export type ResizeVerdict =
  | { granted: Granted; changed: boolean }
  | { pending: 'Deferred' | 'Infeasible'; message: string };

const resized = ['cpu', 'memory'] as const;

/** What the pod holds on this node: as the status says where it ran before, else as the spec does. */
export function initiallyGranted(pod: Pod): Granted {
  const statuses = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])];
  return new Map(
    containers(pod).map(({ name, resources = {} }) => {
      const status = statuses.find((each) => each.name === name);
      if (!status?.resources || !status.containerID) return [name, resources];
      return [
        name,
        {
          ...resources,
          ...(status.resources.limits && { limits: status.resources.limits }),
          ...(status.allocatedResources && { requests: status.allocatedResources }),
        },
      ];
    }),
  );
}

/** The pod as it is granted. */
export function withGranted(pod: Pod, granted: Granted): Pod {
  const apply = (container: Container): Container => {
    const resources = granted.get(container.name);
    return resources && !sameResources(resources, container.resources)
      ? { ...container, resources }
      : container;
  };
  const { spec } = pod;
  return {
    ...pod,
    spec: {
      ...spec,
      containers: spec.containers.map(apply),
      ...(spec.initContainers && { initContainers: spec.initContainers.map(apply) }),
    },
  };
}

export function judgeResize(options: AdmitOptions & { granted: Granted }): ResizeVerdict {
  const { pod, granted, node } = options;
  const wanted = new Map(containers(pod).map(({ name, resources = {} }) => [name, resources]));
  const changed = [...wanted].some(([name, resources]) => !sameResources(granted.get(name), resources));
  if (!changed || isTerminalPhase(pod.status?.phase)) return { granted: wanted, changed: false };
  const available = node.allocatable ?? node.capacity;
  for (const name of resized) {
    const requested = podTotals(pod.spec, 'requests', name) ?? 0;
    const capacity = available[name] === undefined ? 0 : amount(name, available[name]);
    if (requested > capacity)
      return {
        pending: 'Infeasible',
        message: `Node didn't have enough capacity: ${name}, requested: ${requested}, capacity: ${capacity}`,
      };
  }
  const lacking = insufficient(options);
  if (lacking) return { pending: 'Deferred', message: lacking.message.replace('Pod was rejected: ', '') };
  return { granted: wanted, changed: true };
}

/** What a running container's resources are to become, and whether it has to be restarted for that. */
export function containerResize(
  container: Container,
  actual: ResourceRequirements | undefined,
): 'none' | 'update' | 'restart' {
  if (!actual) return 'none';
  const changed = resized.filter((name) => !sameResource(name, container.resources, actual));
  if (changed.length === 0) return 'none';
  const restart = changed.some((name) =>
    container.resizePolicy?.some(
      ({ resourceName, restartPolicy }) => resourceName === name && restartPolicy === 'RestartContainer',
    ),
  );
  return restart ? 'restart' : 'update';
}

export function resizeCondition(
  type: 'PodResizePending' | 'PodResizeInProgress',
  reason?: string,
  message?: string,
): PodCondition {
  return { type, status: 'True', ...(reason && { reason }), ...(message && { message }) };
}

/** What events of a resize say of it, after a colon. */
export function resizeSummary(pod: Pod, error?: string): string {
  const list = (items: readonly Container[] | undefined) =>
    items?.length ? items.map(({ name, resources = {} }) => ({ name, resources })) : undefined;
  return JSON.stringify({
    initContainers: list(pod.spec.initContainers),
    containers: list(pod.spec.containers),
    generation: pod.metadata.generation,
    error: error || undefined,
  });
}

function containers({ spec }: Pod): Container[] {
  return [...(spec.initContainers ?? []), ...spec.containers];
}

function sameResources(a: ResourceRequirements = {}, b: ResourceRequirements = {}): boolean {
  return resized.every((name) => sameResource(name, a, b));
}

function sameResource(name: string, a: ResourceRequirements = {}, b: ResourceRequirements = {}): boolean {
  return (['requests', 'limits'] as const).every((kind) => {
    const left = a[kind]?.[name];
    const right = b[kind]?.[name];
    if (left === undefined || right === undefined) return left === right;
    return amount(name, left) === amount(name, right);
  });
}
