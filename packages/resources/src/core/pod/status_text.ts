// What `kubectl get pods` says of a pod: its STATUS, how many containers are ready, how often they restarted.
import type { ContainerStateTerminated, ContainerStatus, Pod } from '@kubets/api';
import { isSidecar } from './pod_resources.ts';

export interface PodSummary {
  status: string;
  ready: number;
  /** Containers and sidecars. */
  containers: number;
  restarts: number;
  /** When the last restarted container had ended. */
  lastRestart: string | undefined;
}

export function podStatusText(pod: Pod): string {
  return summarizePod(pod).status;
}

export function summarizePod(pod: Pod): PodSummary {
  const sidecars = new Set((pod.spec.initContainers ?? []).filter(isSidecar).map(({ name }) => name));
  const init = summarizeInit(pod, sidecars);
  const initialized = hasTrueCondition(pod, 'Initialized');
  const main =
    init.status === undefined || initialized
      ? summarizeContainers(pod, init.status ?? restingStatus(pod))
      : undefined;
  const restarted = main ? [...init.sidecars, ...(pod.status?.containerStatuses ?? [])] : init.seen;
  return {
    status: deletionStatus(pod) ?? main?.status ?? init.status ?? restingStatus(pod),
    ready: init.ready + (main?.ready ?? 0),
    containers: (pod.spec.containers?.length ?? 0) + sidecars.size,
    restarts: restarted.reduce((sum, { restartCount }) => sum + (restartCount ?? 0), 0),
    lastRestart: restarted
      .map(({ lastState }) => lastState?.terminated?.finishedAt)
      .filter((time) => time !== undefined)
      .sort()
      .at(-1),
  };
}

/** Before any container says more: the phase or its reason. */
function restingStatus(pod: Pod): string {
  const gated = pod.status?.conditions?.some(
    ({ type, reason }) => type === 'PodScheduled' && reason === 'SchedulingGated',
  );
  return gated ? 'SchedulingGated' : pod.status?.reason || pod.status?.phase || '';
}

/** The first init container that is not done holds the pod up. */
function summarizeInit(pod: Pod, sidecars: ReadonlySet<string>) {
  const seen: ContainerStatus[] = [];
  let ready = 0;
  let status: string | undefined;
  for (const [i, container] of (pod.status?.initContainerStatuses ?? []).entries()) {
    seen.push(container);
    const { terminated, waiting } = container.state ?? {};
    if (terminated && !terminated.exitCode) continue;
    if (sidecars.has(container.name) && container.started) {
      if (container.ready) ready++;
      continue;
    }
    if (terminated) status = `Init:${endText(terminated)}`;
    else if (waiting?.reason && waiting.reason !== 'PodInitializing') status = `Init:${waiting.reason}`;
    else status = `Init:${i}/${pod.spec.initContainers?.length ?? 0}`;
    break;
  }
  return { seen, sidecars: seen.filter(({ name }) => sidecars.has(name)), ready, status };
}

/** The first container in the order of the spec that has something to say decides, so walk from the last. */
function summarizeContainers(pod: Pod, resting: string): { status: string; ready: number } {
  let status = resting;
  let failure: string | undefined;
  let ready = 0;
  for (const container of (pod.status?.containerStatuses ?? []).toReversed()) {
    const { waiting, terminated, running } = container.state ?? {};
    if (waiting?.reason) status = waiting.reason;
    else if (terminated) {
      status = endText(terminated);
      if (terminated.exitCode) failure = status;
    } else if (container.ready && running) ready++;
  }
  if (status !== 'Completed') return { status, ready };
  if (ready > 0 && hasTrueCondition(pod, 'Ready')) status = 'Running';
  else if (failure) status = failure;
  else if (ready > 0) status = 'NotReady';
  return { status, ready };
}

function endText({ reason, signal, exitCode }: ContainerStateTerminated): string {
  return reason || (signal ? `Signal:${signal}` : `ExitCode:${exitCode ?? 0}`);
}

function deletionStatus(pod: Pod): string | undefined {
  if (!pod.metadata.deletionTimestamp) return undefined;
  if (pod.status?.reason === 'NodeLost') return 'Unknown';
  const ended = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
  return ended ? undefined : 'Terminating';
}

function hasTrueCondition(pod: Pod, type: string): boolean {
  return pod.status?.conditions?.some((c) => c.type === type && c.status === 'True') ?? false;
}
