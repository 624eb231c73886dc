// The status of each container: from the runtime where it knows the container, else from what was said before.
import type {
  Container,
  ContainerState,
  ContainerStateTerminated,
  ContainerStatus,
  EphemeralContainer,
  VolumeMountStatus,
} from '@kubets/api';
import { rfc3339 } from '@kubets/base';
import { latestContainer, type ObservedContainer } from '../observed.ts';
import { isSidecar, shouldStart } from '../restart_policy.ts';
import { startsOver } from './phase.ts';
import type { StatusInput } from './pod_status.ts';

export interface ContainerStatuses {
  initContainerStatuses: ContainerStatus[];
  containerStatuses: ContainerStatus[];
  ephemeralContainerStatuses?: ContainerStatus[];
}

/** Messages of all containers of a pod share 12 KiB (KEP-2879). */
const messageBudget = 12 * 1024;

export function containerStatuses(input: StatusInput): ContainerStatuses {
  const { spec } = input.pod;
  const previous = input.previous;
  const byName = (a: ContainerStatus, b: ContainerStatus) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  const ephemeral = spec.ephemeralContainers ?? [];
  return {
    initContainerStatuses: statusesOf(input, spec.initContainers ?? [], previous.initContainerStatuses, true),
    containerStatuses: statusesOf(input, spec.containers, previous.containerStatuses, false).sort(byName),
    ephemeralContainerStatuses:
      ephemeral.length > 0
        ? statusesOf(input, ephemeral, previous.ephemeralContainerStatuses, false).sort(byName)
        : undefined,
  };
}

function statusesOf(
  input: StatusInput,
  containers: readonly (Container | EphemeralContainer)[],
  previous: readonly ContainerStatus[] | undefined,
  init: boolean,
): ContainerStatus[] {
  return containers.map((container) => {
    const before = previous?.find(({ name }) => name === container.name);
    const seen = input.observed.containers.filter(({ name }) => name === container.name);
    const status =
      seen.length > 0
        ? fromRuntime(input, container, seen, before)
        : fromHistory(input, container, before, init);
    return whileWaiting(input, container, status, init);
  });
}

function fromRuntime(
  input: StatusInput,
  container: Container,
  [newest, older]: readonly ObservedContainer[],
  before: ContainerStatus | undefined,
): ContainerStatus {
  const containerID = `${input.runtimeName}://${newest!.id}`;
  const status: ContainerStatus = {
    name: container.name,
    image: newest!.image,
    imageID: newest!.imageRef,
    containerID,
    ready: false,
    restartCount: Math.max(newest!.restartCount, before?.restartCount ?? 0),
    state: stateOf(input, newest!, before),
    lastState: {},
    resources: (newest!.state === 'running' && input.actual?.get(newest!.id)) || (container.resources ?? {}),
    volumeMounts: before?.volumeMounts ?? volumeMountStatuses(container),
  };
  const requests = container.resources?.requests;
  if (requests && Object.keys(requests).length > 0) status.allocatedResources = requests;
  if (newest!.user) status.user = newest!.user as ContainerStatus['user'];
  if (older) status.lastState = stateOf(input, older, undefined);
  // The runtime may have forgotten the run before; the API has not.
  else if (before?.state?.terminated && before.containerID !== containerID)
    status.lastState = { terminated: before.state.terminated };
  else if (before?.lastState?.terminated) status.lastState = { terminated: before.lastState.terminated };
  return withoutUndefined(status);
}

function stateOf(
  input: StatusInput,
  container: ObservedContainer,
  before: ContainerStatus | undefined,
): ContainerState {
  switch (container.state) {
    case 'running':
      return { running: { startedAt: rfc3339(container.startedAt ?? container.createdAt) } };
    case 'created':
      return { waiting: {} };
    case 'exited':
      return { terminated: terminatedState(input, container) };
    default:
      // It ran and is gone: that is not the same as never having run.
      return before?.state?.running
        ? { terminated: lostState('The container could not be located when the pod was terminated') }
        : { waiting: {} };
  }
}

function terminatedState(input: StatusInput, container: ObservedContainer): ContainerStateTerminated {
  const { spec } = input.pod;
  const sharers =
    spec.containers.length + (spec.initContainers?.length ?? 0) + (spec.ephemeralContainers?.length ?? 0);
  const message = container.message.slice(0, Math.floor(messageBudget / sharers));
  return {
    exitCode: container.exitCode,
    ...(container.reason && { reason: container.reason }),
    ...(message && { message }),
    startedAt: container.startedAt ? rfc3339(container.startedAt) : undefined,
    finishedAt: container.finishedAt ? rfc3339(container.finishedAt) : undefined,
    containerID: `${input.runtimeName}://${container.id}`,
  };
}

function lostState(message: string): ContainerStateTerminated {
  return { reason: 'ContainerStatusUnknown', message, exitCode: 137 };
}

/** The runtime has nothing of this container: not made yet, or forgotten. */
function fromHistory(
  input: StatusInput,
  container: Container,
  before: ContainerStatus | undefined,
  init: boolean,
): ContainerStatus {
  if (before?.state?.terminated) return before;
  const { pod } = input;
  const status: ContainerStatus = {
    name: container.name,
    image: container.image ?? '',
    imageID: '',
    ready: false,
    restartCount: before?.restartCount ?? 0,
    state: { waiting: { reason: pod.spec.initContainers?.length ? 'PodInitializing' : 'ContainerCreating' } },
    lastState: before?.lastState ?? {},
    volumeMounts: volumeMountStatuses(container),
  };
  const resetting = input.previous.conditions?.some(
    ({ type, status: value }) => type === 'AllContainersRestarting' && value === 'True',
  );
  if (before?.state?.running && resetting) {
    const gone = 'The container is removed because RestartAllContainers in place';
    const ended = { reason: startsOver, message: gone, exitCode: 137 };
    status.lastState = { terminated: ended };
    status.restartCount++;
  } else if (before?.state?.running && !status.lastState?.terminated) {
    status.lastState = {
      terminated: lostState(
        'The container could not be located when the pod was deleted.  The container used to be Running',
      ),
    };
    if (!pod.metadata.deletionTimestamp) status.restartCount++;
  }
  // An init container that left no trace must have succeeded when the pod has come further.
  if (init && !isSidecar(container) && anyRegularCreated(input) && status.state?.waiting)
    status.state = {
      terminated: {
        reason: 'Completed',
        message:
          'Unable to get init container status from container runtime and pod has been initialized, treat it as exited normally',
        exitCode: 0,
      },
    };
  return withoutUndefined(status);
}

/** A container that is to start and can't says why; what it was before becomes its last state. */
function whileWaiting(
  input: StatusInput,
  container: Container,
  status: ContainerStatus,
  init: boolean,
): ContainerStatus {
  const latest = latestContainer(input.observed, container.name);
  if (init && latest?.state === 'exited' && latest.exitCode === 0) return status;
  if (init && status.state?.terminated?.exitCode === 0 && !latest) return status;
  const why = input.waiting.get(container.name);
  if (!why || !shouldStart(container, input.pod, input.observed)) return status;
  return {
    ...status,
    ready: false,
    lastState: status.state?.terminated ? { terminated: status.state.terminated } : status.lastState,
    state: { waiting: { reason: why.reason, ...(why.message && { message: why.message }) } },
  };
}

function anyRegularCreated({ pod, observed }: StatusInput): boolean {
  return pod.spec.containers.some(({ name }) => {
    const state = latestContainer(observed, name)?.state;
    return state !== undefined && state !== 'unknown';
  });
}

function volumeMountStatuses(container: Container): VolumeMountStatus[] | undefined {
  return container.volumeMounts?.map(({ name, mountPath, readOnly }) => ({
    name,
    mountPath,
    // CRI handlers that can mount recursively read-only say so; containerd 1.x has none (KEP-3857).
    ...(readOnly && { readOnly, recursiveReadOnly: 'Disabled' }),
  }));
}

function withoutUndefined(status: ContainerStatus): ContainerStatus {
  for (const key of Object.keys(status) as (keyof ContainerStatus)[])
    if (status[key] === undefined) delete status[key];
  return status;
}
