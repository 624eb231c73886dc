// From the names in a path to the runtime's ids.
import type { ContainerStatus, Pod } from '@kubets/api';
import { containerOf } from '../containers/container_kill.ts';
import { latestContainer } from '../pod/observed.ts';
import { type KubeletApi, KubeletApiError } from './kubelet_request.ts';

export function podOf({ kubelet }: KubeletApi, namespace: string, name: string): Pod {
  const pod = kubelet
    .podObjects()
    .find(({ metadata }) => metadata.namespace === namespace && metadata.name === name);
  if (!pod) throw new KubeletApiError(404, `pod "${name}" does not exist`);
  return pod;
}

/** The id of a container that runs. */
export function runningContainer(api: KubeletApi, pod: Pod, name: string): string {
  const observed = api.kubelet.pods.get(pod.metadata.uid)?.memory.observed;
  const container = observed && latestContainer(observed, name);
  if (container?.state !== 'running') throw new KubeletApiError(500, `container not found ("${name}")`);
  return container.id;
}

export function readySandbox(api: KubeletApi, pod: Pod): string {
  const sandboxes = api.kubelet.pods.get(pod.metadata.uid)?.memory.observed.sandboxes ?? [];
  const ready = sandboxes.find((sandbox) => sandbox.ready);
  if (!ready) throw new KubeletApiError(500, `failed to find sandboxID for pod ${pod.metadata.name}`);
  return ready.id;
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
