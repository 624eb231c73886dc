// What a delete does to an object, decided from the object and the options alone.
import { conflict, type KubeObject } from '@kubets/api';
import { type Ms, rfc3339 } from '@kubets/base';
import type { Resource } from '@kubets/resources';
import type { DeleteRequest } from './delete_options.ts';

export type DeletePlan =
  /** Nobody has to act first. */
  | { action: 'remove' }
  /** Deletion is under way and this request does not hasten it. */
  | { action: 'wait' }
  /** Writes `object`; then removes it if `remove` (grace of 0 and no finalizer). */
  | { action: 'mark'; object: KubeObject; remove: boolean };

const orphanFinalizer = 'orphan';
const foregroundFinalizer = 'foregroundDeletion';

/** @throws ApiError 409 when a precondition doesn't hold */
export function planDelete(
  resource: Resource,
  current: KubeObject,
  request: DeleteRequest,
  nowMs: Ms,
): DeletePlan {
  checkPreconditions(resource, current, request);
  const grace = graceOf(resource, current, request, nowMs);
  if (grace === 'pending') return { action: 'wait' };
  const finalizers = finalizersOf(resource, current, request);
  const marked = grace !== 'none';
  if (!marked && finalizers.length === 0 && !isNamespaceWithContent(resource, current))
    return { action: 'remove' };
  const meta: any = { ...current.metadata };
  if (finalizers.length) meta.finalizers = finalizers;
  else delete meta.finalizers;
  if (grace === 'none') markAtOnce(meta, nowMs, isNamespace(resource));
  else {
    meta.deletionTimestamp = grace.timestamp;
    meta.deletionGracePeriodSeconds = grace.seconds;
    if (!current.metadata.deletionTimestamp && meta.generation > 0) meta.generation += 1;
  }
  const object: any = { ...current, metadata: meta };
  if (isNamespace(resource)) object.status = { ...object.status, phase: 'Terminating' };
  const remove = marked && grace.seconds === 0 && finalizers.length === 0;
  return { action: 'mark', object, remove };
}

type Preconditions = Pick<DeleteRequest, 'uid' | 'resourceVersion'>;

/** @throws ApiError 409; namespaces say it in words of their own, and as the resource instead of the kind. */
export function checkPreconditions(resource: Resource, current: KubeObject, asked: Preconditions): void {
  const { uid, resourceVersion, name } = current.metadata;
  const { group, kind } = resource.id;
  const refuse = (field: string, given: string, found: string | undefined, why: string) =>
    isNamespace(resource)
      ? conflict(
          { group, resource: resource.id.resource },
          name,
          `Precondition failed: ${field} in precondition: ${given}, ${field} in object meta: ${found}`,
        )
      : conflict(
          { group, resource: kind },
          name,
          `the ${field} in the precondition (${given}) does not match the ${field} in record (${found}). The object might have been ${why}`,
        );
  if (asked.uid !== undefined && asked.uid !== uid)
    throw refuse('UID', asked.uid, uid, 'deleted and then recreated');
  if (asked.resourceVersion !== undefined && asked.resourceVersion !== resourceVersion)
    throw refuse('ResourceVersion', asked.resourceVersion, resourceVersion, 'modified');
}

type Grace = 'none' | 'pending' | { timestamp: string; seconds: number };

/** The last second that RFC 3339 can write. */
const lastMs = 253_402_300_799_000;

// Only kinds with a grace period (pods) are asked; a period can only be shortened once deletion has begun.
function graceOf(resource: Resource, current: KubeObject, request: DeleteRequest, nowMs: Ms): Grace {
  if (!resource.deletionGraceSeconds) return 'none';
  const { deletionTimestamp, deletionGracePeriodSeconds } = current.metadata;
  if (deletionTimestamp) {
    if (!deletionGracePeriodSeconds) return 'none';
    const asked = request.gracePeriodSeconds;
    if (asked === undefined || asked >= deletionGracePeriodSeconds) return 'pending';
    let seconds = asked;
    let at = Date.parse(deletionTimestamp) + (asked - deletionGracePeriodSeconds) * 1000;
    if (at < nowMs) {
      at = nowMs;
      // Still a graceful delete: whoever watches the object gets the shortest time there is.
      if (seconds !== 0) seconds = 1;
    }
    return { timestamp: rfc3339(at), seconds };
  }
  if (resource.gracefulDelete && !resource.gracefulDelete(current)) return 'none';
  // A bigint where it is beyond 2^53.
  const seconds = Number(resource.deletionGraceSeconds(current, request.gracePeriodSeconds));
  if (seconds === 0 && !resource.gracefulDelete) return 'none';
  return { timestamp: rfc3339(Math.min(nowMs + seconds * 1000, lastMs)), seconds };
}

// The garbage collector acts on these two finalizers (KEP "Garbage collection"): options first, then what the
// object has, then the kind's default.
function finalizersOf(resource: Resource, current: KubeObject, request: DeleteRequest): string[] {
  const before = current.metadata.finalizers ?? [];
  const kept = before.filter((name) => name !== orphanFinalizer && name !== foregroundFinalizer);
  if (resource.ignoresPropagation) return before;
  const { propagation, orphanDependents } = request;
  if (propagation !== undefined || orphanDependents !== undefined) {
    if (propagation === 'Orphan' || orphanDependents === true) return [...kept, orphanFinalizer];
    if (propagation === 'Foreground') return [...kept, foregroundFinalizer];
    return kept;
  }
  if (kept.length !== before.length) return [...before];
  return resource.defaultPropagation === 'Orphan' ? [...kept, orphanFinalizer] : kept;
}

function isNamespace({ id }: Resource): boolean {
  return id.resource === 'namespaces' && id.group === '';
}

function isNamespaceWithContent(resource: Resource, current: any): boolean {
  return isNamespace(resource) && current.spec?.finalizers?.length > 0;
}

function markAtOnce(meta: any, nowMs: Ms, withoutGrace: boolean): void {
  if (!meta.deletionTimestamp && meta.generation > 0) meta.generation += 1;
  if (!meta.deletionTimestamp || Date.parse(meta.deletionTimestamp) > nowMs)
    meta.deletionTimestamp = rfc3339(nowMs);
  if (!withoutGrace) meta.deletionGracePeriodSeconds = 0;
}
