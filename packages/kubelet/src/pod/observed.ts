// What the runtime has of a pod, as the pure parts of the kubelet see it.

import type * as cri from '@kubets/api/generated/cri.ts';
import type { Ms } from '@kubets/base';

export interface ObservedSandbox {
  id: string;
  attempt: number;
  ready: boolean;
  createdAt: Ms;
  ips: readonly string[];
  hostNetwork: boolean;
}

export type ObservedState = 'created' | 'running' | 'exited' | 'unknown';

export interface ObservedContainer {
  /** The runtime's id, without the `containerd://` prefix. */
  id: string;
  name: string;
  sandboxId: string;
  state: ObservedState;
  createdAt: Ms;
  startedAt?: Ms;
  finishedAt?: Ms;
  exitCode: number;
  reason: string;
  message: string;
  /** The hash of the definition that the container was made from. */
  hash: string;
  restartCount: number;
  image: string;
  imageRef: string;
  logPath: string;
  /** Requests and limits that the container was made with, as JSON, where the kubelet wrote them down. */
  resources?: string;
  user?: cri.ContainerUser;
  stopSignal?: number;
}

export interface ObservedPod {
  /** Newest first. */
  sandboxes: readonly ObservedSandbox[];
  /** Newest first, of all sandboxes of the pod. */
  containers: readonly ObservedContainer[];
}

export const nothingObserved: ObservedPod = { sandboxes: [], containers: [] };

/** The newest container of that name. */
export function latestContainer(observed: ObservedPod, name: string): ObservedContainer | undefined {
  return observed.containers.find((container) => container.name === name);
}

export function runningContainers(observed: ObservedPod): readonly ObservedContainer[] {
  return observed.containers.filter((container) => container.state === 'running');
}
