// The claims of a pod and how far each is bound.
import type { PersistentVolume, PersistentVolumeClaim, Pod } from '@kubets/api';
import { matchesNodeSelectorTerms } from '@kubets/controllers/runtime/node_affinity.ts';
import type { ClusterObjects } from '../state/cluster_objects.ts';
import type { NodeInfo } from '../state/node_info.ts';
import type { PodInfo } from '../state/pod_info.ts';

export interface PodClaims {
  bound: PersistentVolumeClaim[];
  /** To be bound once a node is chosen: their storage class waits for the first consumer. */
  delayed: PersistentVolumeClaim[];
  /** To be bound by the volume controller, whatever the node. */
  immediate: PersistentVolumeClaim[];
}

const bindCompleted = 'pv.kubernetes.io/bind-completed';
const legacyClass = 'volume.beta.kubernetes.io/storage-class';

/** The claims, or why the pod can't run with them as they are. */
export function podClaims(pod: PodInfo, objects: ClusterObjects): PodClaims | { refused: string } {
  const claims: PodClaims = { bound: [], delayed: [], immediate: [] };
  for (const { name, ephemeral } of pod.claims) {
    const claim = objects.claim(pod.namespace, name);
    if (!claim)
      return {
        refused: ephemeral
          ? `waiting for ephemeral volume controller to create the persistentvolumeclaim "${name}"`
          : `persistentvolumeclaim "${name}" not found`,
      };
    const problem = claimProblem(claim, ephemeral ? pod.pod : undefined);
    if (problem) return { refused: problem };
    if (isBound(claim)) claims.bound.push(claim);
    else if (!claim.spec?.volumeName && waitsForConsumer(claim, objects)) claims.delayed.push(claim);
    else claims.immediate.push(claim);
  }
  return claims;
}

/** `owner`: the pod for which an ephemeral claim must have been made. */
function claimProblem(claim: PersistentVolumeClaim, owner: Pod | undefined): string | undefined {
  const { name, namespace, deletionTimestamp, ownerReferences } = claim.metadata;
  if (claim.status?.phase === 'Lost')
    return `persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${claim.spec?.volumeName ?? ''}"`;
  if (deletionTimestamp) return `persistentvolumeclaim "${name}" is being deleted`;
  if (owner && !ownerReferences?.some((each) => each.controller && each.uid === owner.metadata.uid))
    return `PVC ${namespace}/${name} was not created for pod ${owner.metadata.namespace}/${owner.metadata.name} (pod is not owner)`;
  return undefined;
}

export function isBound(claim: PersistentVolumeClaim): boolean {
  return !!claim.spec?.volumeName && claim.metadata.annotations?.[bindCompleted] !== undefined;
}

/** The annotation is the form of before v1.6, which still wins. */
export function classNameOf(claim: PersistentVolumeClaim): string {
  return claim.metadata.annotations?.[legacyClass] ?? claim.spec?.storageClassName ?? '';
}

function waitsForConsumer(claim: PersistentVolumeClaim, objects: ClusterObjects): boolean {
  return objects.storageClass(classNameOf(claim))?.volumeBindingMode === 'WaitForFirstConsumer';
}

/** Whether the volume can be reached from the node. */
export function volumeReaches(volume: PersistentVolume, node: NodeInfo): boolean {
  const required = volume.spec.nodeAffinity?.required;
  return !required || matchesNodeSelectorTerms(required.nodeSelectorTerms, node.node!);
}
