// Liveness, readiness and startup probes of all pods of the node: when each is due and what its results mean.

import type { Container, Pod, PodStatus } from '@kubets/api';
import type { Clock, Logger, Ms, Random } from '@kubets/base';
import type { ProbeKind, ProbeView } from '../pod/probe_view.ts';
import { isSidecar } from '../pod/restart_policy.ts';
import { ProbeWorker } from './probe_worker.ts';

export interface ProbeTarget {
  pod: Pod;
  container: Container;
  containerId: string;
  podIP: string;
}

export type ProbeAnswer =
  | { outcome: 'success' }
  | { outcome: 'failure'; message: string }
  /** The probe itself could not be made: the result does not count. */
  | { outcome: 'error'; message: string };

/** Makes one probe, network or exec; never rejects. */
export type RunProbe = (kind: ProbeKind, target: ProbeTarget) => Promise<ProbeAnswer>;

export interface Prober {
  view(podUid: string): ProbeView;
  /** Begins to probe the pod's containers; those that are probed already go on. */
  add(pod: Pod): void;
  update(pod: Pod): void;
  /** Which containers run now, and where. */
  observe(podUid: string, status: PodStatus): void;
  /** A pod that ends is not restarted any more, but its readiness still counts. */
  stopLivenessAndStartup(podUid: string): void;
  remove(podUid: string): void;
}

export interface ProberOptions {
  clock: Clock;
  random: Random;
  log: Logger;
  run: RunProbe;
  /** The standing result of a probe of that pod has changed. */
  changed(podUid: string): void;
}

const kinds: readonly ProbeKind[] = ['startup', 'readiness', 'liveness'];

export function createProber(options: ProberOptions): Prober {
  const { clock } = options;
  const startedAt: Ms = clock.now();
  /** By pod; bounded by the pods of the node. */
  const pods = new Map<string, { pod: Pod; status: PodStatus; workers: Map<string, ProbeWorker> }>();

  return {
    view(uid) {
      const workers = pods.get(uid)?.workers;
      return {
        result(kind, containerId) {
          for (const worker of workers?.values() ?? [])
            if (worker.kind === kind && worker.containerId === containerId) return worker.result;
          return undefined;
        },
        probes: (kind, name) => workers?.has(`${kind}/${name}`) ?? false,
      };
    },
    add(pod) {
      const { uid } = pod.metadata;
      const entry = pods.get(uid) ?? { pod, status: pod.status ?? {}, workers: new Map() };
      entry.pod = pod;
      pods.set(uid, entry);
      for (const container of probedContainers(pod)) {
        for (const kind of kinds) {
          const probe = container[`${kind}Probe`];
          const key = `${kind}/${container.name}`;
          if (!probe || entry.workers.has(key)) continue;
          const worker = new ProbeWorker({ ...options, startedAt, kind, probe, container, entry });
          entry.workers.set(key, worker);
          worker.observe(entry.status);
        }
      }
    },
    update(pod) {
      const entry = pods.get(pod.metadata.uid);
      if (entry) entry.pod = pod;
    },
    observe(uid, status) {
      const entry = pods.get(uid);
      if (!entry) return;
      entry.status = status;
      for (const worker of entry.workers.values()) worker.observe(status);
    },
    stopLivenessAndStartup(uid) {
      for (const worker of pods.get(uid)?.workers.values() ?? [])
        if (worker.kind !== 'readiness') worker.stop();
    },
    remove(uid) {
      for (const worker of pods.get(uid)?.workers.values() ?? []) worker.stop();
      pods.delete(uid);
    },
  };
}

/** Init containers that end are not probed. */
function probedContainers({ spec }: Pod): Container[] {
  const sidecars = (spec.initContainers ?? []).filter(isSidecar);
  return [...sidecars, ...spec.containers];
}
