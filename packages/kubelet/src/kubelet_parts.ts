// What the parts of a kubelet share.
import type { Pod, Service } from '@kubets/api';
import type { Clock, Logger, Random } from '@kubets/base';
import type { Client, EventRecorder } from '@kubets/client';
import type { Host } from './host/host.ts';
import type { ImagePuller } from './images/image_puller.ts';
import type { NodeConfig } from './node/node_config.ts';
import type { ReferencedObjects } from './objects/referenced_objects.ts';
import type { StatusWriter } from './pod/status_writer.ts';
import type { ProbeIo } from './probes/probe_io.ts';
import type { Prober } from './probes/prober.ts';
import type { ContainerRuntime } from './runtime/runtime.ts';

export interface KubeletParts {
  client: Client;
  clock: Clock;
  random: Random;
  log: Logger;
  recorder: EventRecorder;
  node: NodeConfig;
  host: Host;
  runtime: ContainerRuntime;
  /** `containerd`: the prefix of container ids. */
  runtimeName: string;
  objects: ReferencedObjects;
  /** Once they have been read: a pod must not miss those that are there. */
  services(): Promise<Iterable<Service>>;
  /** The runtime's handler for a RuntimeClass. Rejects with ApiError NotFound when there is no such class. */
  runtimeHandler(runtimeClassName: string | undefined): Promise<string>;
  puller: ImagePuller;
  prober: Prober;
  probeIo: ProbeIo;
  writer: StatusWriter;
  /** Why such a pod can't be run yet; undefined when it can. */
  runtimeProblem(pod: { hostNetwork?: boolean }): string | undefined;
  memoryCapacityBytes: number;
}

export type EventType = 'Normal' | 'Warning';

/** Writes an event about a container of a pod. */
export function containerEvent(
  { recorder }: Pick<KubeletParts, 'recorder'>,
  pod: Pod,
  container: { name: string },
  event: { type: EventType; reason: string; message: string },
): void {
  const { spec } = pod;
  const list = spec.initContainers?.some(({ name }) => name === container.name)
    ? 'initContainers'
    : spec.ephemeralContainers?.some(({ name }) => name === container.name)
      ? 'ephemeralContainers'
      : 'containers';
  recorder.event(pod, event.type, event.reason, event.message, {
    fieldPath: `spec.${list}{${container.name}}`,
  });
}
