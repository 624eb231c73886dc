// Watches what the node has left, and ends pods before the kernel does.
import type { Pod, PodCondition } from '@kubets/api';
import { type Clock, type Component, errorMessage, type Logger, type Ms, rfc3339 } from '@kubets/base';
import type { EventRecorder } from '@kubets/client';
import { podTotals } from '../container/resources.ts';
import type { Host } from '../host/host.ts';
import type { NodeConfig } from '../node/node_config.ts';
import type { Pressure } from '../node/node_facts.ts';
import { podLogDir, volumeDir } from '../node/pod_paths.ts';
import type { PodActor } from '../pod/pod_actor.ts';
import { isTerminalPhase } from '../pod/status/pod_status.ts';
import type { ContainerRuntime } from '../runtime/runtime.ts';
import { limitsStorage, type StorageUse, storageExcess } from './local_storage.ts';
import { mayBeEvicted, rankPods } from './rank_pods.ts';
import {
  hardThresholds,
  type Observations,
  type Shortage,
  shortages,
  signalFacts,
  type Thresholds,
} from './thresholds.ts';

export interface Eviction extends Component {
  pressure(): Pressure;
}

export interface EvictionOptions {
  host: Host;
  runtime: ContainerRuntime;
  clock: Clock;
  log: Logger;
  recorder: EventRecorder;
  node: NodeConfig;
  pods(): Iterable<PodActor>;
  /** The newest status of a pod. */
  phase(pod: Pod): string | undefined;
  /** Makes room on the disk without ending pods. */
  freeImages(): Promise<number>;
  changed(): void;
  thresholds?: Thresholds;
}

const intervalMs = 10_000;
/** How long pressure is told of after it has gone, so that the scheduler does not swing to and fro. */
const transitionMs = 300_000;

export function createEviction(options: EvictionOptions): Eviction {
  const { host, runtime, clock, log, recorder, node, thresholds = hardThresholds } = options;
  const lastSeen: Partial<Record<keyof Pressure, Ms>> = {};
  let told: Pressure = { memory: false, disk: false, pid: false };

  async function observe(): Promise<Observations> {
    const { usage } = host;
    if (!usage) return {};
    const [memory, fs, processes, [imageFs]] = await Promise.all([
      usage.memory(),
      usage.fs(node.rootDir),
      usage.processes(),
      runtime.imageFsInfo(),
    ]);
    const images = imageFs?.fsId?.mountpoint ? await usage.fs(imageFs.fsId.mountpoint) : fs;
    return {
      'memory.available': { available: memory.availableBytes, capacity: memory.capacityBytes },
      'nodefs.available': { available: fs.availableBytes, capacity: fs.capacityBytes },
      'nodefs.inodesFree': { available: fs.inodesFree, capacity: fs.inodes },
      'imagefs.available': { available: images.availableBytes, capacity: images.capacityBytes },
      'imagefs.inodesFree': { available: images.inodesFree, capacity: images.inodes },
      'pid.available': { available: processes.available, capacity: processes.capacity },
    };
  }

  function tell(short: readonly Shortage[]): void {
    const now = clock.now();
    for (const { signal } of short) lastSeen[signalFacts[signal].pressure] = now;
    const is = (name: keyof Pressure) => now - (lastSeen[name] ?? -Infinity) < transitionMs;
    const next = { memory: is('memory'), disk: is('disk'), pid: is('pid') };
    const turned = (Object.keys(next) as (keyof Pressure)[]).some((name) => next[name] !== told[name]);
    told = next;
    if (turned) options.changed();
  }

  async function look(): Promise<void> {
    await checkStorage();
    const short = shortages(await observe(), thresholds);
    tell(short);
    const [worst] = short;
    if (!worst) return;
    const { resource, pressure } = signalFacts[worst.signal];
    log.warn('node is short', { signal: worst.signal, available: worst.available });
    if (pressure === 'disk' && (await options.freeImages()) > 0) return;
    await evictOne(worst, resource);
  }

  /** One at a time: after each the node may have enough. */
  async function evictOne({ threshold, available }: Shortage, resource: string): Promise<void> {
    const usage = await usageByPod(resource);
    const actors = [...options.pods()].filter(
      ({ pod }) =>
        mayBeEvicted(pod) && !isTerminalPhase(options.phase(pod)) && !pod.metadata.deletionTimestamp,
    );
    const [first] = rankPods(
      actors.map(({ pod }) => ({ pod, usage: usage.get(pod.metadata.uid) ?? 0 })),
      resource,
    );
    const actor = actors.find(({ pod }) => pod === first?.pod);
    if (!actor || !first) return;
    const requested = podTotals(first.pod.spec, 'requests', resource) ?? 0;
    const consumed =
      first.usage > requested
        ? `Pod was using ${first.usage}, request is ${requested}, has larger consumption of ${resource}. `
        : '';
    evict(
      actor,
      `The node was low on resource: ${resource}. Threshold quantity: ${Math.round(threshold)}, available: ${Math.round(available)}. ${consumed}`,
    );
  }

  async function usageByPod(resource: string): Promise<Map<string, number>> {
    const byPod = new Map<string, number>();
    for (const { attributes, memory, writableLayer } of await runtime.listContainerStats()) {
      const uid = attributes?.labels?.['io.kubernetes.pod.uid'] ?? '';
      const bytes = resource === 'memory' ? memory?.workingSetBytes?.value : writableLayer?.usedBytes?.value;
      byPod.set(uid, (byPod.get(uid) ?? 0) + (bytes ?? 0));
    }
    return byPod;
  }

  async function checkStorage(): Promise<void> {
    const limited = [...options.pods()].filter(
      ({ pod }) => limitsStorage(pod) && !isTerminalPhase(options.phase(pod)),
    );
    if (limited.length === 0) return;
    const layers = await writableLayers();
    for (const actor of limited) {
      const excess = storageExcess(actor.pod, await storageUse(actor.pod, layers));
      if (excess) evict(actor, excess);
    }
  }

  async function writableLayers(): Promise<Map<string, number>> {
    const layers = new Map<string, number>();
    for (const { attributes, writableLayer } of await runtime.listContainerStats()) {
      const { 'io.kubernetes.pod.uid': uid, 'io.kubernetes.container.name': name } = attributes?.labels ?? {};
      layers.set(`${uid}/${name}`, writableLayer?.usedBytes?.value ?? 0);
    }
    return layers;
  }

  async function storageUse(pod: Pod, layers: ReadonlyMap<string, number>): Promise<StorageUse> {
    const { files } = host;
    const { uid } = pod.metadata;
    const emptyDirs = new Map<string, number>();
    for (const { name, emptyDir } of pod.spec.volumes ?? [])
      if (emptyDir) emptyDirs.set(name, await files.diskUsage(volumeDir(node, uid, 'empty-dir', name)));
    const containers = new Map<string, number>();
    for (const { name } of [...pod.spec.containers, ...(pod.spec.initContainers ?? [])])
      containers.set(
        name,
        (layers.get(`${uid}/${name}`) ?? 0) + (await files.diskUsage(`${podLogDir(node, pod)}/${name}`)),
      );
    return { emptyDirs, containers };
  }

  function evict(actor: PodActor, message: string): void {
    recorder.event(actor.pod, 'Warning', 'Evicted', message);
    const condition: PodCondition = {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'TerminationByKubelet',
      message,
      observedGeneration: actor.pod.metadata.generation,
      lastTransitionTime: rfc3339(clock.now()),
    };
    actor.fail({ reason: 'Evicted', message, condition }, 1);
  }

  return {
    name: 'eviction',
    pressure: () => told,
    async run(signal) {
      while (!signal.aborted) {
        await look().catch((error) => log.warn('node not looked at', { reason: errorMessage(error) }));
        await clock.sleep(intervalMs, signal).catch(() => {});
      }
    },
  };
}
