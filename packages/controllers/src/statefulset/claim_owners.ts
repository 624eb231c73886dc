// persistentVolumeClaimRetentionPolicy (KEP-1847): claims go with the set or with a pod that was scaled away because
// they have it as their owner; to keep them is to have no owner.
import type { OwnerReference, PersistentVolumeClaim, Pod, StatefulSet } from '@kubets/api';
import { refs } from '@kubets/client';
import { semanticEqual } from '../runtime/equal.ts';
import { controllerReference } from '../runtime/owner.ts';
import { isInRange, ordinalOf } from './identity.ts';

/** The owners that the claim should have; undefined when it has them, or when it is not ours to say. */
export function planClaimOwners(
  claim: PersistentVolumeClaim,
  set: StatefulSet,
  pod: Pod,
): { owners: OwnerReference[]; conflict: boolean } | undefined {
  const current = claim.metadata.ownerReferences ?? [];
  const isOurs = (owner: OwnerReference) =>
    (owner.kind === 'StatefulSet' && owner.apiVersion === 'apps/v1' && owner.name === set.metadata.name) ||
    (owner.kind === 'Pod' && owner.apiVersion === 'v1' && owner.name === pod.metadata.name);
  const uids = [set.metadata.uid, pod.metadata.uid];
  // Of a set or pod of the same name that is gone: the garbage collector's.
  if (current.some((owner) => isOurs(owner) && !uids.includes(owner.uid))) return undefined;
  const { whenDeleted = 'Retain', whenScaled = 'Retain' } =
    set.spec.persistentVolumeClaimRetentionPolicy ?? {};
  const others = current.filter((owner) => !isOurs(owner));
  const retains = whenDeleted === 'Retain' && whenScaled === 'Retain';
  const conflict = !retains && others.some((owner) => owner.controller);
  const owners = [...others];
  if (!conflict) {
    const scaledAway = !isInRange(ordinalOf(pod, set) ?? -1, set);
    if (whenScaled === 'Delete' && scaledAway) owners.push(controllerReference(pod, refs.pods));
    else if (whenDeleted === 'Delete') owners.push(controllerReference(set, refs.statefulSets));
  }
  const same =
    owners.length === current.length && owners.every((owner) => current.some((c) => sameOwner(c, owner)));
  return same ? undefined : { owners, conflict };
}

/** True when the claim still waits to be deleted with an earlier pod of this name: a new pod must not use it. */
export function isStaleClaim(
  claim: PersistentVolumeClaim,
  set: StatefulSet,
  podName: string,
  podUid?: string,
) {
  if ((set.spec.persistentVolumeClaimRetentionPolicy?.whenScaled ?? 'Retain') === 'Retain') return false;
  const owner = claim.metadata.ownerReferences?.find(({ kind, name }) => kind === 'Pod' && name === podName);
  return owner !== undefined && owner.uid !== podUid;
}

function sameOwner(a: OwnerReference, b: OwnerReference): boolean {
  return a.uid === b.uid && semanticEqual(a.controller, b.controller);
}
