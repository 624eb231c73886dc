// podStatus() says what a pod's status is now, from its definition, what runs of it and what was said before.
import type { Pod, PodCondition, PodStatus, ResourceRequirements } from '@kubets/api';
import { type Ms, rfc3339 } from '@kubets/base';
import { qosClass } from '../../container/qos.ts';
import type { ObservedPod } from '../observed.ts';
import type { ProbeView } from '../probe_view.ts';
import { podConditions } from './conditions.ts';
import { containerStatuses } from './container_statuses.ts';
import { podPhase } from './phase.ts';
import { withReadiness } from './readiness.ts';

/** Why a container that should run does not: `CrashLoopBackOff` and its text. */
export interface WaitingReason {
  reason: string;
  message: string;
}

/** The pod is to end, or was never let in: `Evicted`, `DeadlineExceeded`, `OutOfcpu`. */
export interface Failure {
  reason: string;
  message: string;
  /** `DisruptionTarget` where the node itself ends the pod. */
  condition?: PodCondition;
}

export interface StatusInput {
  pod: Pod;
  /** What was written last; at first the status that the API has. */
  previous: PodStatus;
  observed: ObservedPod;
  /** By container name. */
  waiting: ReadonlyMap<string, WaitingReason>;
  probes: ProbeView;
  failure?: Failure;
  /** Nothing will be started any more: ended containers have ended for good. */
  terminal: boolean;
  /** The node's addresses, the preferred family first. */
  hostIPs: readonly string[];
  /** `containerd`: the prefix of container ids. */
  runtimeName: string;
  /** Requests and limits that running containers have, by id; those of the spec where absent. */
  actual?: ReadonlyMap<string, ResourceRequirements>;
  /** PodResizePending and PodResizeInProgress, while a resize is under way (KEP-1287). */
  resizeConditions?: readonly PodCondition[];
  now: Ms;
}

export function podStatus(input: StatusInput): PodStatus {
  const { pod, previous, observed } = input;
  const statuses = withReadiness(input, containerStatuses(input));
  const status: PodStatus = { ...statuses, observedGeneration: pod.metadata.generation };

  status.phase = podPhase({
    spec: pod.spec,
    statuses: [...statuses.initContainerStatuses, ...statuses.containerStatuses],
    terminal: input.terminal,
    regularStarted: regularStartedInSandbox(pod, observed),
  });
  // A pod that has ended never comes back (API conventions: phases of pods are monotonic).
  if (!isTerminalPhase(status.phase)) {
    if (isTerminalPhase(previous.phase)) status.phase = previous.phase;
    else if (isTerminalPhase(pod.status?.phase)) status.phase = pod.status!.phase;
  }
  if (status.phase === previous.phase) {
    status.reason = previous.reason || pod.status?.reason || undefined;
    status.message = previous.message || pod.status?.message || undefined;
  }
  if (input.failure) {
    status.phase = 'Failed';
    status.reason = input.failure.reason;
    status.message = input.failure.message;
  }
  if (isTerminalPhase(pod.status?.phase)) status.phase = pod.status!.phase;

  Object.assign(status, addresses(input));
  status.qosClass = pod.status?.qosClass ?? qosClass(pod.spec);
  status.startTime = previous.startTime ?? rfc3339(input.now);
  status.conditions = podConditions(input, status);
  return withoutUndefined(status);
}

export function isTerminalPhase(phase: string | undefined): boolean {
  return phase === 'Succeeded' || phase === 'Failed';
}

/** A pod without a living sandbox keeps the addresses that it had. */
function addresses({ pod, previous, observed, hostIPs }: StatusInput): PodStatus {
  const primary = hostIPs[0];
  let ips: readonly string[];
  if (pod.spec.hostNetwork) {
    const known = previous.podIPs?.map(({ ip }) => ip) ?? [];
    ips = known.length > 0 ? known : hostIPs.slice(0, 1);
    const second = hostIPs[1];
    if (ips.length === 1 && second !== undefined && isIPv6(second) !== isIPv6(ips[0]!))
      ips = [ips[0]!, second];
  } else {
    const ready = observed.sandboxes.find((sandbox) => sandbox.ready);
    ips = ready ? ready.ips : (previous.podIPs?.map(({ ip }) => ip) ?? []);
    if (primary !== undefined) ips = preferFamily(ips, isIPv6(primary));
  }
  return {
    podIP: ips[0],
    podIPs: ips.length > 0 ? ips.map((ip) => ({ ip })) : undefined,
    hostIP: primary,
    hostIPs: primary === undefined ? undefined : hostIPs.slice(0, 2).map((ip) => ({ ip })),
  };
}

function preferFamily(ips: readonly string[], ipv6: boolean): readonly string[] {
  return [...ips].sort((a, b) => Number(isIPv6(a) !== ipv6) - Number(isIPv6(b) !== ipv6));
}

function isIPv6(ip: string): boolean {
  return ip.includes(':');
}

function regularStartedInSandbox(pod: Pod, observed: ObservedPod): boolean {
  const sandbox = observed.sandboxes[0];
  if (!sandbox?.ready) return false;
  const regular = new Set(pod.spec.containers.map(({ name }) => name));
  return observed.containers.some(({ name, sandboxId }) => sandboxId === sandbox.id && regular.has(name));
}

function withoutUndefined(status: PodStatus): PodStatus {
  return Object.fromEntries(Object.entries(status).filter(([, value]) => value !== undefined));
}
