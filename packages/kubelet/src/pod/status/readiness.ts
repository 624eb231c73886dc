// `started` and `ready` of containers, from what their probes said.
import type { ContainerStatus } from '@kubets/api';
import { isSidecar } from '../restart_policy.ts';
import type { ContainerStatuses } from './container_statuses.ts';
import type { StatusInput } from './pod_status.ts';

export function withReadiness(input: StatusInput, statuses: ContainerStatuses): ContainerStatuses {
  const { pod, previous } = input;
  const init = new Map(pod.spec.initContainers?.map((container) => [container.name, container]));
  const before = new Map(
    [...(previous.initContainerStatuses ?? []), ...(previous.containerStatuses ?? [])].map((status) => [
      status.name,
      status,
    ]),
  );
  return {
    ...statuses,
    initContainerStatuses: statuses.initContainerStatuses.map((status) => {
      const container = init.get(status.name);
      if (container && isSidecar(container)) return probed(input, status, before.get(status.name));
      const started = isStarted(input, status, before.get(status.name));
      return { ...status, started, ready: status.state?.terminated?.exitCode === 0 };
    }),
    containerStatuses: statuses.containerStatuses.map((status) =>
      probed(input, status, before.get(status.name)),
    ),
  };
}

function probed(
  input: StatusInput,
  status: ContainerStatus,
  before: ContainerStatus | undefined,
): ContainerStatus {
  const started = isStarted(input, status, before);
  return { ...status, started, ready: started && isReady(input, status, before) };
}

function isStarted(
  input: StatusInput,
  status: ContainerStatus,
  before: ContainerStatus | undefined,
): boolean {
  if (!status.state?.running) return false;
  const result = input.probes.result('startup', bareId(status));
  if (result !== undefined) return result === 'success';
  if (sameContainer(status, before) && before!.started) return true;
  return !input.probes.probes('startup', status.name);
}

/** Without a result yet, a container that was ready before the kubelet restarted stays so. */
function isReady(input: StatusInput, status: ContainerStatus, before: ContainerStatus | undefined): boolean {
  const result = input.probes.result('readiness', bareId(status));
  if (result !== undefined) return result === 'success';
  if (!input.probes.probes('readiness', status.name)) return true;
  return sameContainer(status, before) && before!.ready;
}

function sameContainer(status: ContainerStatus, before: ContainerStatus | undefined): boolean {
  return before !== undefined && before.containerID === status.containerID;
}

function bareId(status: ContainerStatus): string {
  const id = status.containerID ?? '';
  return id.slice(id.indexOf('://') + 3);
}
