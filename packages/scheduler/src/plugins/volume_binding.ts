import type { PersistentVolume, PersistentVolumeClaim } from '@kubets/api';
import { parseQuantity } from '@kubets/api';
import type { Clock } from '@kubets/base';
import { type Client, refs } from '@kubets/client';
import type { ClusterObjects, ObjectInformers } from '../state/cluster_objects.ts';
import type { NodeInfo } from '../state/node_info.ts';
import type { PodInfo } from '../state/pod_info.ts';
import { findVolume } from './find_volume.ts';
import { type Failure, type SchedulerPlugin, unresolvable } from './plugin.ts';
import { classNameOf, type PodClaims, podClaims, volumeReaches } from './volume_claims.ts';

export interface VolumeBindingOptions {
  client: Client;
  clock: Clock;
  informers: ObjectInformers;
  objects: ClusterObjects;
}

const conflict = "node(s) didn't match PersistentVolume's node affinity";
const noVolume = "node(s) didn't find available persistent volumes to bind";
const lostVolume = 'node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)';

const selectedNode = 'volume.kubernetes.io/selected-node';
const boundByController = 'pv.kubernetes.io/bound-by-controller';
/** The class of volumes that are made by hand. */
const noProvisioner = 'kubernetes.io/no-provisioner';
const bindTimeoutMs = 600_000;

/** What must happen to a pod's claims for it to run on a node. */
interface VolumeDecision {
  bind: { claim: PersistentVolumeClaim; volume: PersistentVolume }[];
  provision: PersistentVolumeClaim[];
}

/** Volumes that exist must be reachable from the node; others are bound or made for it once it is chosen. */
export function volumeBinding(options: VolumeBindingOptions): SchedulerPlugin {
  const { client, clock, objects, informers } = options;
  /** Claims by the name of the volume that they were promised and that the API does not say yet. */
  const promised = new Map<string, string>();
  const decisions = new Map<string, VolumeDecision>();
  const waiting = new Set<() => void>();
  const wake = () => {
    for (const check of waiting) check();
  };
  informers.claims.onChange(wake);
  informers.volumes.onChange(wake);

  return {
    name: 'VolumeBinding',
    filter(pod) {
      if (pod.claims.length === 0) return undefined;
      const claims = podClaims(pod, objects);
      if ('refused' in claims) return claims;
      if (claims.immediate.length > 0) return { refused: 'pod has unbound immediate PersistentVolumeClaims' };
      return {
        test(node) {
          const decided = decide(claims, node, objects, promised);
          return 'reasons' in decided ? decided : undefined;
        },
      };
    },
    reserve(pod, node) {
      if (pod.claims.length === 0) return undefined;
      const claims = podClaims(pod, objects);
      const decided = 'refused' in claims ? undefined : decide(claims, node, objects, promised);
      if (!decided || 'reasons' in decided) return undefined;
      decisions.set(pod.key, decided);
      for (const { claim, volume } of decided.bind) promised.set(volume.metadata.name, claim.metadata.uid);
      return () => {
        decisions.delete(pod.key);
        for (const { volume } of decided.bind) promised.delete(volume.metadata.name);
      };
    },
    async beforeBind(pod, node, signal) {
      const decided = decisions.get(pod.key);
      if (!decided || decided.bind.length + decided.provision.length === 0) return;
      await carryOut(client, decided, node);
      await allBound(pod, signal);
    },
    wakesOn(event, pod) {
      switch (event.type) {
        case 'claim':
          return event.claim.metadata.namespace === pod.namespace;
        case 'volume':
        case 'storageClass':
        case 'csiNode':
          return true;
        case 'node':
          return event.what.has('new') || event.what.has('labels');
        default:
          return false;
      }
    },
  };

  /** A volume that has just been made may arrive after its claim. */
  function hasVolume(claim: PersistentVolumeClaim): boolean {
    return objects.volume(claim.spec!.volumeName!) !== undefined;
  }

  function allBound(pod: PodInfo, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void) => {
        waiting.delete(check);
        cancel();
        signal.removeEventListener('abort', onAbort);
        settle();
      };
      const check = () => {
        const claims = podClaims(pod, objects);
        if ('refused' in claims) finish(() => reject(new Error(claims.refused)));
        else if (claims.bound.length === pod.claims.length && claims.bound.every(hasVolume)) finish(resolve);
      };
      const onAbort = () => finish(() => reject(signal.reason));
      const cancel = clock.after(bindTimeoutMs, () =>
        finish(() => reject(new Error('binding volumes: context deadline exceeded'))),
      );
      waiting.add(check);
      signal.addEventListener('abort', onAbort);
      check();
    });
  }
}

function decide(
  claims: PodClaims,
  node: NodeInfo,
  objects: ClusterObjects,
  promised: ReadonlyMap<string, string>,
): VolumeDecision | Failure {
  const reasons: string[] = [];
  for (const claim of claims.bound) {
    const volume = objects.volume(claim.spec!.volumeName!);
    if (!volume) reasons.push(lostVolume);
    else if (!volumeReaches(volume, node)) reasons.push(conflict);
    if (reasons.length > 0) break;
  }
  const decided: VolumeDecision = { bind: [], provision: [] };
  const taken = new Set(promised.keys());
  // The smallest claims first, so that they don't take the volumes that only large ones fill.
  for (const claim of [...claims.delayed].sort(bySize)) {
    const chosen = claim.metadata.annotations?.[selectedNode];
    const volumes = chosen ? [] : objects.volumesOfClass(classNameOf(claim));
    const volume = findVolume({ claim, volumes, node, taken });
    if (volume) {
      taken.add(volume.metadata.name);
      decided.bind.push({ claim, volume });
    } else if ((chosen && chosen !== node.name) || !canProvision(claim, node, objects)) {
      reasons.push(noVolume);
      break;
    } else decided.provision.push(claim);
  }
  return reasons.length > 0 ? unresolvable(...reasons) : decided;
}

function canProvision(claim: PersistentVolumeClaim, node: NodeInfo, objects: ClusterObjects): boolean {
  const storageClass = objects.storageClass(classNameOf(claim));
  if (!storageClass?.provisioner || storageClass.provisioner === noProvisioner) return false;
  const topologies = storageClass.allowedTopologies ?? [];
  return (
    topologies.length === 0 ||
    topologies.some(({ matchLabelExpressions = [] }) =>
      matchLabelExpressions.every(({ key, values }) => values.includes(node.labels[key] ?? '')),
    )
  );
}

/** Tells the volume controller by claimRef, and provisioners by annotation, what was decided. */
async function carryOut(client: Client, { bind, provision }: VolumeDecision, node: NodeInfo): Promise<void> {
  for (const { claim, volume } of bind) {
    const { namespace, name, uid, resourceVersion } = claim.metadata;
    await client.update(refs.persistentVolumes, {
      ...volume,
      metadata: {
        ...volume.metadata,
        annotations: { ...volume.metadata.annotations, [boundByController]: 'yes' },
      },
      spec: {
        ...volume.spec,
        claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid, resourceVersion },
      },
    });
  }
  for (const claim of provision) {
    await client.update(refs.persistentVolumeClaims, {
      ...claim,
      metadata: {
        ...claim.metadata,
        annotations: { ...claim.metadata.annotations, [selectedNode]: node.name },
      },
    });
  }
}

function bySize(a: PersistentVolumeClaim, b: PersistentVolumeClaim): number {
  const size = (claim: PersistentVolumeClaim) =>
    parseQuantity(claim.spec?.resources?.requests?.['storage'] ?? '0');
  return size(a).cmp(size(b));
}
