// Brings one container of a pod to run: image, configuration, create, start, postStart.
import type { EphemeralContainer, Pod, Secret } from '@kubets/api';
import type { Image } from '@kubets/api/generated/cri.ts';
import { errorMessage, type Ms } from '@kubets/base';
import { containerConfig } from '../container/container_config.ts';
import { environment } from '../container/env.ts';
import { containerDevices, containerMounts, type MountedVolume } from '../container/mounts.ts';
import { containerSecurityContext, type ImageUser } from '../container/security_context.ts';
import { serviceEnv } from '../container/service_env.ts';
import { containerEvent, type EventType, type KubeletParts } from '../kubelet_parts.ts';
import { hostIPs } from '../node/node_config.ts';
import { podLogDir } from '../node/pod_paths.ts';
import type { Start } from '../pod/decision.ts';
import { latestContainer, type ObservedPod, type ObservedSandbox } from '../pod/observed.ts';
import { killContainer } from './container_kill.ts';
import { lastRestartCount } from './last_restart_count.ts';
import { runHook } from './lifecycle_hook.ts';
import { linkLog } from './log_link.ts';
import { podSandboxConfig } from './sandbox_create.ts';
import { untilAborted } from './until_aborted.ts';

export interface StartOptions {
  parts: KubeletParts;
  pod: Pod;
  podIPs: readonly string[];
  sandbox: ObservedSandbox;
  observed: ObservedPod;
  volumes: ReadonlyMap<string, MountedVolume>;
  pullSecrets: readonly Secret[];
  /** Aborts when the pod is to end: nothing more is begun then. */
  signal: AbortSignal;
}

export type StartResult =
  | { ok: true; containerId: string }
  /** `until`: when to try again, where that is known. */
  | { ok: false; reason: string; message: string; until?: Ms };

/** Rejects only when `signal` aborts. */
export async function startContainer(options: StartOptions, start: Start): Promise<StartResult> {
  const { parts, pod, signal } = options;
  const { container } = start;
  const event = (type: EventType, reason: string, message: string) =>
    containerEvent(parts, pod, container, { type, reason, message });
  const fail = (reason: string, error: unknown): StartResult => {
    const message = errorMessage(error);
    event('Warning', 'Failed', `Error: ${message}`);
    return { ok: false, reason, message };
  };

  for (const { name } of container.volumeMounts ?? []) {
    const failure = options.volumes.get(name)?.failure;
    if (!failure) continue;
    event('Warning', 'Failed', `Error: ${failure.reason}`);
    return { ok: false, ...failure };
  }
  const pulled = await untilAborted(
    parts.puller.ensure({ pod, container, secrets: options.pullSecrets, event }),
    signal,
  ).catch((error) => {
    signal.throwIfAborted();
    return { ok: false as const, reason: 'ImageInspectError', message: errorMessage(error) };
  });
  if (!pulled.ok) {
    event('Warning', 'Failed', `Error: ${pulled.reason}`);
    return pulled;
  }

  let request: Awaited<ReturnType<typeof configure>>;
  try {
    request = await configure(options, start, pulled.imageRef, pulled.image);
  } catch (error) {
    return fail('CreateContainerConfigError', error);
  }
  signal.throwIfAborted();
  let containerId: string;
  try {
    containerId = await parts.runtime.createContainer(
      options.sandbox.id,
      request.config,
      request.sandboxConfig,
    );
  } catch (error) {
    return fail('CreateContainerError', error);
  }
  event('Normal', 'Created', 'Container created');
  try {
    await parts.runtime.startContainer(containerId);
  } catch (error) {
    return fail('RunContainerError', error);
  }
  event('Normal', 'Started', 'Container started');
  await linkLog(parts, pod, {
    name: container.name,
    id: containerId,
    logPath: request.config.logPath!,
  });
  return container.lifecycle?.postStart ? postStart(options, start, containerId) : { ok: true, containerId };
}

async function configure(options: StartOptions, start: Start, imageRef: string, image: Image) {
  const { parts, pod, podIPs, sandbox, observed, volumes } = options;
  const { node, host, objects, random } = parts;
  const { container } = start;
  const restartCount = start.restartCount ?? (await lastRestartCount(parts, pod, container.name)) + 1;
  const env = await environment({
    container,
    facts: { pod, podIPs, hostIPs: hostIPs(node) },
    objects,
    serviceEnv: serviceEnv({
      services: await parts.services(),
      namespace: pod.metadata.namespace!,
      enableServiceLinks: pod.spec.enableServiceLinks ?? true,
    }),
    allocatable: node.allocatable ?? node.capacity,
    async readVolumeFile(volume, path) {
      const mounted = volumes.get(volume);
      if (!mounted) throw new Error(`cannot find the volume "${volume}" referenced by FileKeyRef`);
      const file = await host.files.resolve(`${mounted.hostPath}/${path}`).catch(() => undefined);
      // A container may have put a link to the node's files in its place.
      if (!file?.startsWith(`${await host.files.resolve(mounted.hostPath)}/`)) return undefined;
      const data = await host.files.read(file);
      return data && new TextDecoder().decode(data);
    },
  });
  const target = (container as EphemeralContainer).targetContainerName;
  const targetContainer = target ? latestContainer(observed, target) : undefined;
  if (target && targetContainer?.state !== 'running')
    throw new Error(`unable to find target container "${target}"`);
  const securityContext = containerSecurityContext({
    pod,
    container,
    imageUser: imageUser(image),
    seccompDir: node.seccompDir ?? `${node.rootDir}/seccomp`,
    targetContainerId: targetContainer?.id,
  });
  const mounts = await containerMounts({
    pod,
    container,
    node,
    host,
    volumes,
    env,
    podIPs,
    runId: random.uuid().slice(0, 8),
  });
  await host.files.makeDirectory(`${podLogDir(node, pod)}/${container.name}`, { mode: 0o755 });
  return {
    config: containerConfig({
      pod,
      container,
      restartCount,
      imageRef,
      env,
      mounts,
      devices: containerDevices(container, volumes),
      securityContext,
      memoryCapacityBytes: parts.memoryCapacityBytes,
    }),
    sandboxConfig: await podSandboxConfig(parts, pod, sandbox.attempt),
  };
}

/** An image that names nobody runs as root. */
function imageUser({ uid, username }: Image): ImageUser {
  if (uid) return { uid: uid.value ?? 0 };
  return username ? { username } : { uid: 0 };
}

async function postStart(options: StartOptions, start: Start, containerId: string): Promise<StartResult> {
  const { parts, pod, podIPs, signal } = options;
  const { runtime, clock, probeIo: io } = parts;
  const { container } = start;
  const podIP = podIPs[0] ?? '';
  try {
    const hook = container.lifecycle!.postStart!;
    const run = runHook({ runtime, io, clock, pod, podIP, container, containerId, hook, signal });
    await untilAborted(run, signal);
    return { ok: true, containerId };
  } catch (error) {
    signal.throwIfAborted();
    containerEvent(parts, pod, container, {
      type: 'Warning',
      reason: 'FailedPostStartHook',
      message: 'PostStartHook failed',
    });
    await killContainer(
      { parts, pod, podIP },
      {
        container: { id: containerId, name: container.name },
        message: 'FailedPostStartHook',
        reason: 'FailedPostStartHook',
      },
    );
    return { ok: false, reason: 'PostStartHookError', message: errorMessage(error) };
  }
}
