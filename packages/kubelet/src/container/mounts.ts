// What is mounted into a container: its volumes, /etc/hosts and the file for its last words.
import type { Container, Pod, VolumeMount } from '@kubets/api';
import { type Device, type Mount, MountPropagation } from '@kubets/api/generated/cri.ts';
import type { Ms } from '@kubets/base';
import type { Host } from '../host/host.ts';
import type { NodeConfig } from '../node/node_config.ts';
import { containerDir, hostsFile, subPathDir } from '../node/pod_paths.ts';
import { expandVariables } from './expand.ts';
import { hostsFileContent } from './hosts_file.ts';

/** A volume of the pod, set up on the node. */
export interface MountedVolume {
  hostPath: string;
  readOnly: boolean;
  /** The runtime mounts this image by itself. */
  image?: string;
  /** A block device, for volumeDevices. */
  block?: boolean;
  /** Why containers that use it can't start. */
  failure?: { reason: string; message: string; until?: Ms };
}

export interface MountOptions {
  pod: Pod;
  container: Container;
  node: NodeConfig;
  host: Host;
  volumes: ReadonlyMap<string, MountedVolume>;
  env: ReadonlyMap<string, string>;
  podIPs: readonly string[];
  /** Names the file of this run's termination message. */
  runId: string;
}

/** Block devices of the container. */
export function containerDevices(
  container: Container,
  volumes: ReadonlyMap<string, MountedVolume>,
): Device[] {
  return (container.volumeDevices ?? []).map(({ name, devicePath }) => {
    const volume = volumes.get(name);
    if (!volume?.block)
      throw new Error(`cannot find volume "${name}" to pass into container "${container.name}"`);
    return {
      containerPath: devicePath,
      hostPath: volume.hostPath,
      permissions: volume.readOnly ? 'r' : 'mrw',
    };
  });
}

export async function containerMounts(options: MountOptions): Promise<Mount[]> {
  const { container, podIPs } = options;
  const mounts: Mount[] = [];
  for (const [index, mount] of (container.volumeMounts ?? []).entries())
    mounts.push(await volumeMount(options, mount, index));
  const taken = new Set(mounts.map(({ containerPath }) => containerPath));
  if (podIPs.length > 0 && !taken.has('/etc/hosts')) mounts.push(await etcHosts(options));
  const messagePath = container.terminationMessagePath;
  if (messagePath && !taken.has(messagePath)) mounts.push(await terminationLog(options, messagePath));
  return mounts;
}

async function volumeMount(options: MountOptions, mount: VolumeMount, index: number): Promise<Mount> {
  const { pod, container, node, host, volumes } = options;
  const volume = volumes.get(mount.name);
  if (!volume)
    throw new Error(`cannot find volume "${mount.name}" to mount into container "${container.name}"`);
  if (mount.recursiveReadOnly === 'Enabled')
    throw new Error(
      'failed to resolve recursive read-only mode: recursive read-only mount is not supported by the runtime handler',
    );
  let { hostPath } = volume;
  const subPath = subPathOf(mount, options.env);
  if (volume.image)
    return {
      containerPath: absolute(mount.mountPath),
      image: { image: volume.image },
      imageSubPath: subPath,
      readonly: true,
    };
  if (subPath) {
    const stat = await host.files.stat(hostPath, { follow: true });
    try {
      hostPath = await host.mounts.subPath({
        root: hostPath,
        subPath,
        target: subPathDir(node, pod.metadata.uid, mount.name, container.name, index),
        mode: stat?.mode ?? 0o750,
      });
    } catch {
      // The error could tell the user about files of the host.
      throw new Error(
        `failed to prepare subPath for volumeMount "${mount.name}" of container "${container.name}"`,
      );
    }
  }
  return {
    containerPath: absolute(mount.mountPath),
    hostPath,
    readonly: (mount.readOnly ?? false) || volume.readOnly,
    propagation: propagationOf(mount.mountPropagation),
  };
}

function subPathOf(mount: VolumeMount, env: ReadonlyMap<string, string>): string {
  let subPath = mount.subPath ?? '';
  if (mount.subPathExpr) {
    const missing: string[] = [];
    subPath = expandVariables(
      mount.subPathExpr,
      (name) => env.get(name) || undefined,
      (name) => missing.push(name),
    );
    if (missing.length > 0) throw new Error(`missing value for ${missing.sort().join(', ')}`);
  }
  if (subPath.startsWith('/')) throw new Error(`error SubPath \`${subPath}\` must not be an absolute path`);
  if (subPath.split('/').includes('..'))
    throw new Error(`unable to provision SubPath \`${subPath}\`: must not contain '..'`);
  return subPath;
}

function propagationOf(propagation: string | undefined): number {
  switch (propagation) {
    case 'Bidirectional':
      return MountPropagation.PROPAGATION_BIDIRECTIONAL;
    case 'HostToContainer':
      return MountPropagation.PROPAGATION_HOST_TO_CONTAINER;
    default:
      return MountPropagation.PROPAGATION_PRIVATE;
  }
}

/** Written anew for each container, for the pod's address may have changed. */
async function etcHosts({ pod, node, host, podIPs }: MountOptions): Promise<Mount> {
  const path = hostsFile(node, pod.metadata.uid);
  const nodeHosts = pod.spec.hostNetwork ? await host.files.read('/etc/hosts') : undefined;
  const content = hostsFileContent({
    pod,
    podIPs,
    clusterDomain: node.clusterDomain,
    nodeHosts: new TextDecoder().decode(nodeHosts),
  });
  await host.files.write(path, new TextEncoder().encode(content), { mode: 0o644 });
  return { containerPath: '/etc/hosts', hostPath: path, readonly: false };
}

async function terminationLog({ pod, container, node, host, runId }: MountOptions, path: string) {
  const directory = containerDir(node, pod.metadata.uid, container.name);
  const hostPath = `${directory}/${runId}`;
  await host.files.makeDirectory(directory, { mode: 0o750 });
  // Whoever the container runs as must be able to write it.
  await host.files.write(hostPath, new Uint8Array(), { mode: 0o666 });
  return { containerPath: absolute(path), hostPath, readonly: false };
}

function absolute(path: string): string {
  return path.startsWith('/') ? path : `/${path}`;
}
