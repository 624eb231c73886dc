// From the names in a path to the runtime's ids.
import type { ContainerStatus, Pod } from '@kubets/api';
import { ContainerState, PodSandboxState } from '@kubets/api/generated/cri.ts';
import { containerNameLabel, podUidLabel } from '../container/labels.ts';
import { containerOf } from '../containers/container_kill.ts';
import { type KubeletApi, KubeletApiError } from './kubelet_request.ts';

export function podOf({ kubelet }: KubeletApi, namespace: string, name: string): Pod {
  const pod = kubelet
    .podObjects()
    // One that is on its way out may have left its name to another.
    .findLast(({ metadata }) => metadata.namespace === namespace && metadata.name === name);
  if (!pod) throw new KubeletApiError(404, `pod "${name}" does not exist`);
  return pod;
}

/** The id of a container that runs, as the runtime knows it now. */
export async function runningContainer({ runtime }: KubeletApi, pod: Pod, name: string): Promise<string> {
  const [container] = await runtime.listContainers({
    state: { state: ContainerState.CONTAINER_RUNNING },
    labelSelector: { [podUidLabel]: pod.metadata.uid, [containerNameLabel]: name },
  });
  if (!container) throw new KubeletApiError(500, `container not found ("${name}")`);
  return container.id!;
}

export async function readySandbox({ runtime }: KubeletApi, pod: Pod): Promise<string> {
  const [sandbox] = await runtime.listPodSandboxes({
    state: { state: PodSandboxState.SANDBOX_READY },
    labelSelector: { [podUidLabel]: pod.metadata.uid },
  });
  if (!sandbox) throw new KubeletApiError(500, `failed to find sandboxID for pod ${pod.metadata.name}`);
  return sandbox.id!;
}

/** The run of a container whose log is asked for; throws with the reason why there is none. */
export function loggedContainer(pod: Pod, name: string, previous: boolean): string {
  if (!containerOf(pod, name))
    throw new KubeletApiError(404, `container "${name}" not found in pod "${pod.metadata.name}"`);
  const where = `container "${name}" in pod "${pod.metadata.name}"`;
  const status = statusOf(pod, name);
  if (!status) throw new KubeletApiError(400, `${where} is not available`);
  const last = status.lastState?.terminated;
  if (previous) {
    if (!last?.containerID) throw new KubeletApiError(400, `previous terminated ${where} not found`);
    return bare(last.containerID);
  }
  const { running, terminated, waiting } = status.state ?? {};
  if (running) return bare(status.containerID!);
  const ended = terminated?.containerID || last?.containerID;
  if (ended) return bare(ended);
  if (terminated || last) throw new KubeletApiError(400, `${where} is terminated`);
  const reasons: Record<string, string> = {
    ErrImagePull: "image can't be pulled",
    ImagePullBackOff: 'trying and failing to pull image',
  };
  const reason = waiting?.reason ?? '';
  throw new KubeletApiError(400, `${where} is waiting to start: ${reasons[reason] ?? reason}`);
}

function statusOf({ status = {} }: Pod, name: string): ContainerStatus | undefined {
  const lists = [status.containerStatuses, status.initContainerStatuses, status.ephemeralContainerStatuses];
  return lists.flatMap((list) => list ?? []).find((container) => container.name === name);
}

function bare(id: string): string {
  return id.slice(id.indexOf('://') + 3);
}
