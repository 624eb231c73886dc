// Where the data of a pod stands on the node; the layout is upstream's, so that tools find what they look for.
import type { Pod } from '@kubets/api';
import type { NodeConfig } from './node_config.ts';

export function podDir(node: NodeConfig, uid: string): string {
  return `${node.rootDir}/pods/${uid}`;
}

export function volumeDir(node: NodeConfig, uid: string, plugin: string, volume: string): string {
  return `${podDir(node, uid)}/volumes/kubernetes.io~${plugin}/${volume}`;
}

export function subPathDir(node: NodeConfig, uid: string, volume: string, container: string, index: number) {
  return `${podDir(node, uid)}/volume-subpaths/${volume}/${container}/${index}`;
}

/** Termination messages of a container stand here, one file for each of its runs. */
export function containerDir(node: NodeConfig, uid: string, container: string): string {
  return `${podDir(node, uid)}/containers/${container}`;
}

export function hostsFile(node: NodeConfig, uid: string): string {
  return `${podDir(node, uid)}/etc-hosts`;
}

export function podLogDir(node: NodeConfig, pod: Pod): string {
  const { namespace, name, uid } = pod.metadata;
  return `${node.podLogsDir}/${namespace}_${name}_${uid}`;
}

/** Below `podLogDir`. */
export function containerLogPath(container: string, restartCount: number): string {
  return `${container}/${restartCount}.log`;
}
