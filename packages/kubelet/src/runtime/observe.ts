// Turns what the runtime lists into what the pure parts decide on.
import {
  type Container,
  ContainerState,
  type ContainerStatus,
  NamespaceMode,
  PodSandboxState,
  type PodSandboxStatus,
} from '@kubets/api/generated/cri.ts';
import {
  hashAnnotation,
  podUidLabel,
  resourcesAnnotation,
  restartCountAnnotation,
} from '../container/labels.ts';
import type { ObservedContainer, ObservedPod, ObservedSandbox, ObservedState } from '../pod/observed.ts';
import type { ContainerRuntime } from './runtime.ts';

export interface ObserveOptions {
  runtime: ContainerRuntime;
  podUid: string;
  /** What the container left behind: the termination message file or the end of its log. */
  lastWords(status: ContainerStatus): Promise<string>;
  /** Containers that have ended don't change: their observation is kept here, by id. */
  ended: Map<string, ObservedContainer>;
}

/** Everything the runtime has of one pod, newest first. */
export async function observePod(options: ObserveOptions): Promise<ObservedPod> {
  const { runtime, podUid, ended } = options;
  const labelSelector = { [podUidLabel]: podUid };
  const [sandboxes, containers] = await Promise.all([
    runtime.listPodSandboxes({ labelSelector }),
    runtime.listContainers({ labelSelector }),
  ]);
  const [sandboxStatuses, observed] = await Promise.all([
    Promise.all(sandboxes.map(({ id }) => runtime.podSandboxStatus(id!))),
    Promise.all(containers.map((container) => observeContainer(options, container))),
  ]);
  const present = new Set(containers.map(({ id }) => id));
  for (const id of ended.keys()) if (!present.has(id)) ended.delete(id);
  return {
    sandboxes: sandboxStatuses
      .filter((status) => status !== undefined)
      .map(observedSandbox)
      .sort((a, b) => b.createdAt - a.createdAt || b.attempt - a.attempt),
    containers: observed
      .filter((container) => container !== undefined)
      .sort((a, b) => b.createdAt - a.createdAt || b.restartCount - a.restartCount),
  };
}

async function observeContainer(
  { runtime, lastWords, ended }: ObserveOptions,
  container: Container,
): Promise<ObservedContainer | undefined> {
  const known = ended.get(container.id!);
  if (known) return known;
  // It may be removed between the list and this call.
  const status = await runtime.containerStatus(container.id!);
  if (!status) return undefined;
  const observed = observedContainer(status, container.podSandboxId ?? '');
  if (observed.state === 'exited') {
    const words = await lastWords(status);
    if (words) observed.message = observed.message ? `${observed.message}: ${words}` : words;
    ended.set(observed.id, observed);
  }
  return observed;
}

export function observedSandbox(status: PodSandboxStatus): ObservedSandbox {
  const { ip, additionalIps = [] } = status.network ?? {};
  return {
    id: status.id!,
    attempt: status.metadata?.attempt ?? 0,
    ready: (status.state ?? 0) === PodSandboxState.SANDBOX_READY,
    createdAt: msOf(status.createdAt),
    ips: [ip, ...additionalIps.map((additional) => additional.ip)].filter((address) => !!address) as string[],
    hostNetwork: status.linux?.namespaces?.options?.network === NamespaceMode.NODE,
  };
}

function observedContainer(status: ContainerStatus, sandboxId: string): ObservedContainer {
  const { annotations = {}, metadata } = status;
  return {
    id: status.id!,
    name: metadata?.name ?? '',
    sandboxId,
    state: stateName(status.state),
    createdAt: msOf(status.createdAt),
    startedAt: status.startedAt ? msOf(status.startedAt) : undefined,
    finishedAt: status.finishedAt ? msOf(status.finishedAt) : undefined,
    exitCode: status.exitCode ?? 0,
    reason: status.reason ?? '',
    message: status.message ?? '',
    hash: annotations[hashAnnotation] ?? '',
    restartCount: Number(annotations[restartCountAnnotation] ?? metadata?.attempt ?? 0),
    image: status.image?.image ?? '',
    imageRef: status.imageRef ?? '',
    logPath: status.logPath ?? '',
    resources: annotations[resourcesAnnotation],
    user: status.user,
    stopSignal: status.stopSignal,
  };
}

const stateNames: Record<number, ObservedState> = {
  [ContainerState.CONTAINER_CREATED]: 'created',
  [ContainerState.CONTAINER_RUNNING]: 'running',
  [ContainerState.CONTAINER_EXITED]: 'exited',
  [ContainerState.CONTAINER_UNKNOWN]: 'unknown',
};

export function stateName(state = 0): ObservedState {
  return stateNames[state] ?? 'unknown';
}

/** CRI counts nanoseconds. */
function msOf(nanoseconds: number | undefined): number {
  return Math.round((nanoseconds ?? 0) / 1e6);
}
