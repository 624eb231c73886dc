// createKubelet puts the parts of a kubelet together.
import { type Node, type Pod, parseQuantity } from '@kubets/api';
import {
  type Clock,
  type Component,
  errorMessage,
  type Logger,
  type Random,
  runComponents,
} from '@kubets/base';
import { type Client, type EventRecorder, type Informers, refs } from '@kubets/client';
import { createEviction } from './eviction/eviction.ts';
import type { FsUsage, Host } from './host/host.ts';
import { createImageGc } from './images/image_gc.ts';
import { createImagePuller } from './images/image_puller.ts';
import type { KubeletParts } from './kubelet_parts.ts';
import { createLogRotation } from './logs/log_rotation.ts';
import { createLeaseHeartbeat } from './node/lease_heartbeat.ts';
import type { NodeConfig } from './node/node_config.ts';
import { createNodeRegistration } from './node/node_registration.ts';
import { nodeStatus } from './node/node_status.ts';
import { createRuntimeMonitor } from './node/runtime_monitor.ts';
import type { ReferencedObjects } from './objects/referenced_objects.ts';
import { watchedObjects } from './objects/watched_objects.ts';
import { runningContainers } from './pod/observed.ts';
import type { PodActor } from './pod/pod_actor.ts';
import { createPodActors } from './pod/pod_actors.ts';
import { informerPodSource, type PodSource } from './pod/pod_source.ts';
import { createStatusWriter } from './pod/status_writer.ts';
import type { ProbeIo } from './probes/probe_io.ts';
import { createProber } from './probes/prober.ts';
import { probeRunner } from './probes/run_probe.ts';
import { createRelist } from './runtime/relist.ts';
import type { ContainerRuntime } from './runtime/runtime.ts';
import { podSteps } from './steps/index.ts';

export interface KubeletOptions {
  client: Client;
  informers: Informers;
  runtime: ContainerRuntime;
  host: Host;
  probeIo: ProbeIo;
  clock: Clock;
  random: Random;
  log: Logger;
  recorder: EventRecorder;
  node: NodeConfig;
  /** Where pods come from; else an informer of this node's pods. */
  pods?: PodSource;
  /** ConfigMaps and Secrets; else watched one by one. */
  objects?: ReferencedObjects;
}

export interface Kubelet extends Component {
  /** The pods of the node as it knows them, by uid. */
  readonly pods: ReadonlyMap<string, PodActor>;
  /** The same as objects, with the newest status. */
  podObjects(): Pod[];
  /** The Node object as last seen. */
  node(): Node | undefined;
}

export function createKubelet(options: KubeletOptions): Kubelet {
  const { client, informers, runtime, clock, random, log, recorder, node } = options;
  const source = options.pods ?? ownPods(informers, node.name);
  const services = informers.for(refs.services);
  const runtimeClasses = informers.for(refs.runtimeClasses);

  const parts: KubeletParts = {
    client,
    clock,
    random,
    log,
    recorder,
    node,
    host: options.host,
    runtime,
    get runtimeName() {
      return monitor.facts().name || 'containerd';
    },
    objects: options.objects ?? watchedObjects({ client, clock, log }),
    async services() {
      await services.synced();
      return services.list();
    },
    async runtimeHandler(name) {
      if (!name) return '';
      await runtimeClasses.synced();
      const known = runtimeClasses.get(name) ?? (await client.get(refs.runtimeClasses, name));
      return known.handler;
    },
    puller: createImagePuller({ runtime, clock }),
    prober: createProber({
      clock,
      random,
      log,
      run: probeRunner(options),
      changed: (uid) => pods.wake(uid),
    }),
    probeIo: options.probeIo,
    writer: createStatusWriter({ client, clock, log }),
    runtimeProblem({ hostNetwork }) {
      const { name, networkProblem } = monitor.facts();
      return name === '' || !hostNetwork ? networkProblem : undefined;
    },
    memoryCapacityBytes: parseQuantity(node.capacity['memory'] ?? '1').value(),
  };

  const registration = createNodeRegistration({
    client,
    clock,
    random,
    log,
    recorder,
    node,
    status: async (known) =>
      nodeStatus({
        node,
        known,
        runtime: monitor.facts(),
        pressure: eviction.pressure(),
        images: await runtime.listImages().catch((error) => {
          log.warn('images not listed', { reason: errorMessage(error) });
          return [];
        }),
        now: clock.now(),
      }),
  });
  const monitor = createRuntimeMonitor({
    runtime,
    clock,
    log,
    changed() {
      registration.wake();
      for (const actor of pods.actors.values()) actor.wake();
    },
  });
  const pods = createPodActors({
    parts,
    steps: podSteps(parts),
    source,
    known: registration.known,
    refresh: registration.refresh,
  });
  const imageGc = createImageGc({
    runtime,
    clock,
    log,
    usage: () => imageFsUsage(options),
    highThresholdPercent: node.imageGcPercent?.high,
    lowThresholdPercent: node.imageGcPercent?.low,
    pinned: node.pinnedImages,
  });
  const eviction = createEviction({
    host: options.host,
    runtime,
    clock,
    log,
    recorder,
    node,
    pods: () => pods.actors.values(),
    phase: (pod) => (parts.writer.latest(pod.metadata.uid) ?? pod.status)?.phase,
    freeImages: imageGc.freeAll,
    changed: () => registration.wake(),
    thresholds: node.evictionHard,
  });
  const components: Component[] = [
    monitor,
    registration,
    createLeaseHeartbeat({ client, clock, random, log, nodeName: node.name, node: registration.known }),
    pods,
    createRelist({
      runtime,
      clock,
      log,
      changed: pods.runtimeChanged,
      found: pods.found,
      health: monitor.listed,
    }),
    // Where there is no machine there is nothing to run short of.
    ...(options.host.usage ? [eviction, imageGc, logRotation()] : []),
  ];
  function logRotation(): Component {
    return createLogRotation({
      files: options.host.files,
      runtime,
      clock,
      log,
      running: () => [...pods.actors.values()].flatMap(({ memory }) => runningContainers(memory.observed)),
    });
  }

  return {
    name: 'kubelet',
    pods: pods.actors,
    podObjects: () =>
      [...pods.actors.values()].map(({ pod }) => ({
        ...pod,
        status: parts.writer.latest(pod.metadata.uid) ?? pod.status,
      })),
    node: registration.known,
    run: (signal) => runComponents(components.map(withOwnSignal), signal),
  };
}

/** Many listeners on one signal look like a leak to Node, and each component has a few. */
function withOwnSignal({ name, run }: Component): Component {
  return { name, run: (signal) => run(AbortSignal.any([signal])) };
}

async function imageFsUsage({ host, runtime, node }: KubeletOptions): Promise<FsUsage | undefined> {
  const [images] = await runtime.imageFsInfo();
  return host.usage?.fs(images?.fsId?.mountpoint ?? node.rootDir);
}

function ownPods(informers: Informers, nodeName: string): PodSource {
  return informerPodSource(informers.for<Pod>(refs.pods, { fieldSelector: `spec.nodeName=${nodeName}` }));
}
