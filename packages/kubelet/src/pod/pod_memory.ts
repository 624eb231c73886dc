// What the kubelet remembers of a pod between two looks at it.
import type { ResourceRequirements } from '@kubets/api';
import type { MountedVolume } from '../container/mounts.ts';
import type { CrashBackOff } from './crash_back_off.ts';
import { nothingObserved, type ObservedContainer, type ObservedPod } from './observed.ts';
import type { WaitingReason } from './status/pod_status.ts';

export interface PodMemory {
  observed: ObservedPod;
  /** Why containers that should run don't, by name. */
  readonly waiting: Map<string, WaitingReason>;
  /** By `backOffKey`. */
  readonly backOffs: Map<string, CrashBackOff>;
  /** Observations of containers that have ended, by id. */
  readonly ended: Map<string, ObservedContainer>;
  readonly volumes: Map<string, MountedVolume>;
  /** Requests and limits that running containers have, by id. */
  readonly actual: Map<string, ResourceRequirements>;
  /** Of a resize that could not be carried out. */
  resizeError: string;
}

/** Knows the resources of containers that an earlier kubelet made, and forgets those of containers that have gone. */
export function noteResources({ observed, actual }: PodMemory): void {
  const running = observed.containers.filter(({ state }) => state === 'running');
  const ids = new Set(running.map(({ id }) => id));
  for (const id of actual.keys()) if (!ids.has(id)) actual.delete(id);
  for (const { id, resources } of running)
    if (resources && !actual.has(id)) actual.set(id, JSON.parse(resources));
}

export function newPodMemory(): PodMemory {
  return {
    observed: nothingObserved,
    waiting: new Map(),
    backOffs: new Map(),
    ended: new Map(),
    volumes: new Map(),
    actual: new Map(),
    resizeError: '',
  };
}
