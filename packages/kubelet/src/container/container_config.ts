// A container, as the runtime takes it.
import type { Container, Pod } from '@kubets/api';
import type {
  ContainerConfig,
  Device,
  LinuxContainerSecurityContext,
  Mount,
} from '@kubets/api/generated/cri.ts';
import { containerLogPath } from '../node/pod_paths.ts';
import { expandVariables } from './expand.ts';
import { containerAnnotations, containerLabels } from './labels.ts';
import { containerResources } from './resources.ts';

export interface ContainerConfigOptions {
  pod: Pod;
  container: Container;
  restartCount: number;
  /** The runtime's id of the image. */
  imageRef: string;
  env: ReadonlyMap<string, string>;
  mounts: Mount[];
  devices: Device[];
  securityContext: LinuxContainerSecurityContext;
  memoryCapacityBytes: number;
}

export function containerConfig(options: ContainerConfigOptions): ContainerConfig {
  const { pod, container, restartCount, imageRef, env, mounts, securityContext } = options;
  const encoder = new TextEncoder();
  const expand = (text: string) => expandVariables(text, (name) => env.get(name));
  return {
    metadata: { name: container.name, attempt: restartCount },
    image: { image: imageRef, userSpecifiedImage: container.image },
    command: container.command?.map(expand),
    args: container.args?.map(expand),
    workingDir: container.workingDir,
    envs: [...env].map(([key, value]) => ({ key, value: encoder.encode(value) })),
    mounts,
    devices: options.devices,
    labels: containerLabels(pod, container),
    annotations: containerAnnotations(pod, container, restartCount),
    logPath: containerLogPath(container.name, restartCount),
    stdin: container.stdin ?? false,
    stdinOnce: container.stdinOnce ?? false,
    tty: container.tty ?? false,
    linux: {
      resources: containerResources({
        pod,
        container,
        memoryCapacityBytes: options.memoryCapacityBytes,
      }),
      securityContext,
    },
  };
}
