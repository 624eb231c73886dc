// What the kubelet needs of a container runtime: the calls of CRI v1, with its messages.
// `cri/` speaks them to containerd; `fake/` is simulated containers for clusters without a machine.
import type * as cri from '@kubets/api/generated/cri.ts';

export interface ContainerRuntime {
  version(): Promise<cri.VersionResponse>;
  status(): Promise<cri.StatusResponse>;
  runPodSandbox(config: cri.PodSandboxConfig, runtimeHandler?: string): Promise<string>;
  stopPodSandbox(id: string): Promise<void>;
  removePodSandbox(id: string): Promise<void>;
  podSandboxStatus(id: string): Promise<cri.PodSandboxStatus | undefined>;
  listPodSandboxes(filter?: cri.PodSandboxFilter): Promise<cri.PodSandbox[]>;
  createContainer(
    sandboxId: string,
    config: cri.ContainerConfig,
    sandboxConfig: cri.PodSandboxConfig,
  ): Promise<string>;
  startContainer(id: string): Promise<void>;
  stopContainer(id: string, timeoutSeconds: number): Promise<void>;
  removeContainer(id: string): Promise<void>;
  containerStatus(id: string): Promise<cri.ContainerStatus | undefined>;
  listContainers(filter?: cri.ContainerFilter): Promise<cri.Container[]>;
  updateContainerResources(id: string, resources: cri.LinuxContainerResources): Promise<void>;
  reopenContainerLog(id: string): Promise<void>;
  execSync(id: string, command: string[], timeoutSeconds: number): Promise<cri.ExecSyncResponse>;
  /** URLs of the runtime's streaming server. */
  exec(request: cri.ExecRequest): Promise<string>;
  attach(request: cri.AttachRequest): Promise<string>;
  portForward(request: cri.PortForwardRequest): Promise<string>;
  listContainerStats(): Promise<cri.ContainerStats[]>;
  listImages(): Promise<cri.Image[]>;
  imageStatus(image: string): Promise<cri.Image | undefined>;
  pullImage(image: string, auth?: cri.AuthConfig): Promise<string>;
  removeImage(image: string): Promise<void>;
  imageFsInfo(): Promise<cri.FilesystemUsage[]>;
  /** Container events where the runtime has them; otherwise the kubelet relists. */
  events?(signal: AbortSignal): AsyncIterable<cri.ContainerEventResponse>;
  /** Yields when it is worth looking at once: a process has ended, say. For runtimes that have no CRI events. */
  changes?(signal: AbortSignal): AsyncIterable<unknown>;
}
