// What is to happen to one object, given what became of its owners.
import type { KubeObject, OwnerReference } from '@kubets/api';

export const orphanFinalizer = 'orphan';
export const foregroundFinalizer = 'foregroundDeletion';

export type OwnerState =
  /** There, and staying. */
  | 'solid'
  /** There, being deleted in the foreground: it waits for its dependents to go first. */
  | 'waiting'
  /** Gone: nothing has this uid. */
  | 'absent';

export type CollectionPlan =
  | { action: 'none' }
  /** Some owners remain; drop the references to the others, or they would block for ever. */
  | { action: 'forgetOwners'; ownerReferences: OwnerReference[] }
  | {
      action: 'delete';
      propagationPolicy: 'Foreground' | 'Background' | 'Orphan';
      /** Cut the circle first: owners that wait for this object, which waits for them. */
      unblock: boolean;
    };

export function planCollection(options: {
  object: KubeObject;
  stateOf: (owner: OwnerReference) => OwnerState;
  hasDependents: () => boolean;
  /** Whether one of its dependents itself waits for its dependents. */
  dependentIsWaiting: () => boolean;
}): CollectionPlan {
  const { object, stateOf } = options;
  const owners = object.metadata.ownerReferences ?? [];
  if (owners.length === 0 || object.metadata.deletionTimestamp) return { action: 'none' };
  const states = owners.map((owner) => ({ owner, state: stateOf(owner) }));
  const solid = states.filter(({ state }) => state === 'solid').map(({ owner }) => owner);
  if (solid.length === owners.length) return { action: 'none' };
  if (solid.length > 0) return { action: 'forgetOwners', ownerReferences: solid };
  const waitedFor = states.some(({ state }) => state === 'waiting');
  if (waitedFor && options.hasDependents()) {
    return { action: 'delete', propagationPolicy: 'Foreground', unblock: options.dependentIsWaiting() };
  }
  return { action: 'delete', propagationPolicy: policyOf(object), unblock: false };
}

/** A finalizer that somebody set beforehand says what should happen to the dependents. */
function policyOf({ metadata }: KubeObject): 'Foreground' | 'Background' | 'Orphan' {
  if (metadata.finalizers?.includes(orphanFinalizer)) return 'Orphan';
  if (metadata.finalizers?.includes(foregroundFinalizer)) return 'Foreground';
  return 'Background';
}

export function isWaitingForDependents({ metadata }: KubeObject): boolean {
  return Boolean(metadata.deletionTimestamp) && (metadata.finalizers?.includes(foregroundFinalizer) ?? false);
}

export function isOrphaningDependents({ metadata }: KubeObject): boolean {
  return Boolean(metadata.deletionTimestamp) && (metadata.finalizers?.includes(orphanFinalizer) ?? false);
}

export function blocksDeletionOf(uid: string, { metadata }: KubeObject): boolean {
  return metadata.ownerReferences?.some((owner) => owner.uid === uid && owner.blockOwnerDeletion) ?? false;
}
