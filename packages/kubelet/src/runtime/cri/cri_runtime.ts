// ContainerRuntime over CRI v1.
import type * as cri from '@kubets/api/generated/cri.ts';
import type { ContainerRuntime } from '../runtime.ts';
import { RuntimeError } from '../runtime_error.ts';
import { containerdChanges } from './containerd_events.ts';
import { connectCri } from './cri_client.ts';

export interface CriRuntimeOptions {
  /** `unix:///run/containerd/containerd.sock` */
  endpoint: string;
  /** Of a call that does not wait for something by its nature; upstream's default. */
  timeoutMs?: number;
}

export interface CriRuntime extends ContainerRuntime {
  close(): void;
}

const pullTimeoutMs = 3_600_000;

export function criRuntime({ endpoint, timeoutMs = 120_000 }: CriRuntimeOptions): CriRuntime {
  const client = connectCri(endpoint);
  const runtime = <Response>(method: string, request: object, ms = timeoutMs) =>
    client.call<Response>(`RuntimeService/${method}`, request, ms);
  const images = <Response>(method: string, request: object, ms = timeoutMs) =>
    client.call<Response>(`ImageService/${method}`, request, ms);

  return {
    version: () => runtime<cri.VersionResponse>('Version', { version: '0.1.0' }),
    status: () => runtime<cri.StatusResponse>('Status', {}),
    async runPodSandbox(config, runtimeHandler) {
      // The sandbox image may have to be pulled.
      const ms = timeoutMs * 2;
      const answer = await runtime<cri.RunPodSandboxResponse>(
        'RunPodSandbox',
        { config, runtimeHandler },
        ms,
      );
      return answer.podSandboxId!;
    },
    stopPodSandbox: (podSandboxId) => gone(runtime('StopPodSandbox', { podSandboxId })),
    removePodSandbox: (podSandboxId) => gone(runtime('RemovePodSandbox', { podSandboxId })),
    async podSandboxStatus(podSandboxId) {
      const answer = await found(runtime<cri.PodSandboxStatusResponse>('PodSandboxStatus', { podSandboxId }));
      return answer?.status;
    },
    async listPodSandboxes(filter) {
      return (await runtime<cri.ListPodSandboxResponse>('ListPodSandbox', { filter })).items ?? [];
    },
    async createContainer(podSandboxId, config, sandboxConfig) {
      const request = { podSandboxId, config, sandboxConfig };
      return (await runtime<cri.CreateContainerResponse>('CreateContainer', request)).containerId!;
    },
    async startContainer(containerId) {
      await runtime('StartContainer', { containerId });
    },
    stopContainer: (containerId, timeout) =>
      gone(runtime('StopContainer', { containerId, timeout }, timeoutMs + timeout * 1000)),
    removeContainer: (containerId) => gone(runtime('RemoveContainer', { containerId })),
    async containerStatus(containerId) {
      const answer = await found(runtime<cri.ContainerStatusResponse>('ContainerStatus', { containerId }));
      return answer?.status;
    },
    async listContainers(filter) {
      return (await runtime<cri.ListContainersResponse>('ListContainers', { filter })).containers ?? [];
    },
    async updateContainerResources(containerId, linux) {
      await runtime('UpdateContainerResources', { containerId, linux });
    },
    async reopenContainerLog(containerId) {
      await runtime('ReopenContainerLog', { containerId });
    },
    execSync: (containerId, cmd, timeout) =>
      runtime<cri.ExecSyncResponse>('ExecSync', { containerId, cmd, timeout }, timeoutMs + timeout * 1000),
    async exec(request) {
      return (await runtime<cri.ExecResponse>('Exec', request)).url!;
    },
    async attach(request) {
      return (await runtime<cri.AttachResponse>('Attach', request)).url!;
    },
    async portForward(request) {
      return (await runtime<cri.PortForwardResponse>('PortForward', request)).url!;
    },
    async listContainerStats() {
      return (await runtime<cri.ListContainerStatsResponse>('ListContainerStats', {})).stats ?? [];
    },
    async listImages() {
      return (await images<cri.ListImagesResponse>('ListImages', {})).images ?? [];
    },
    async imageStatus(image) {
      return (await images<cri.ImageStatusResponse>('ImageStatus', { image: { image } })).image;
    },
    async pullImage(image, auth) {
      const request = { image: { image }, auth };
      return (await images<cri.PullImageResponse>('PullImage', request, pullTimeoutMs)).imageRef!;
    },
    async removeImage(image) {
      await images('RemoveImage', { image: { image } });
    },
    async imageFsInfo() {
      return (await images<cri.ImageFsInfoResponse>('ImageFsInfo', {})).imageFilesystems ?? [];
    },
    events: (signal) =>
      client.stream<cri.ContainerEventResponse>('RuntimeService/GetContainerEvents', {}, signal),
    changes: (signal) => containerdChanges(client, signal),
    close: client.close,
  };
}

/** What is not there any more is what was asked for. */
async function gone(call: Promise<unknown>): Promise<void> {
  await found(call);
}

async function found<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof RuntimeError && error.code === 'NotFound') return undefined;
    throw error;
  }
}
