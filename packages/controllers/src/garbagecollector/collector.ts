// The garbage collector. Each object with owners is an item of work whenever it, or one of its owners, changes.
import { isNotFound, type KubeObject, type OwnerReference, objectKey, splitApiVersion } from '@kubets/api';
import { errorMessage } from '@kubets/base';
import { type ResourceRef, refs } from '@kubets/client';
import type { Controller, ControllerContext } from '../runtime/controller.ts';
import { resourceName } from '../runtime/discover.ts';
import type { Enqueue, Watch } from '../runtime/watch.ts';
import { AbsentOwners } from './absent_owners.ts';
import { OwnerGraph } from './owner_graph.ts';
import {
  blocksDeletionOf,
  foregroundFinalizer,
  isOrphaningDependents,
  isWaitingForDependents,
  type OwnerState,
  orphanFinalizer,
  planCollection,
} from './plan_collection.ts';
import { ResourceMonitors } from './resource_monitors.ts';

export function collector(context: ControllerContext): Controller {
  const { client, caches, clock, config, log } = context;
  const graph = new OwnerGraph();
  const absent = new AbsentOwners();
  const monitors = new ResourceMonitors(context, onChange);
  const definitions = caches.of(refs.customResourceDefinitions);
  let enqueue: Enqueue = () => {};

  return { name: 'garbagecollector', workers: 20, watches: [followTypes()], reconcile };

  function onChange(ref: ResourceRef, object: KubeObject | undefined, old: KubeObject | undefined) {
    const any = (object ?? old)!;
    const item = itemOf(ref, any);
    graph.observe(item, object, old);
    if (object && old && !concernsOwners(object, old)) return;
    // Owners that wait for it may be able to go once it is gone, or does not block them any more.
    for (const owner of old?.metadata.ownerReferences ?? []) {
      const found = ownerOf(old!, owner);
      if (found?.object && isWaitingForDependents(found.object)) enqueue(found.item);
    }
    if (!object) {
      absent.add(any.metadata.uid);
      for (const dependent of graph.dependentsOf(any.metadata.uid)) enqueue(dependent);
    } else if (object.metadata.ownerReferences?.length || object.metadata.deletionTimestamp) enqueue(item);
  }

  async function reconcile(item: string) {
    await monitors.ready();
    const { resource, key } = splitItem(item);
    const object = monitors.get(resource, key);
    const ref = monitors.refOf(resource);
    if (!object || !ref) return;
    if (isOrphaningDependents(object)) return orphanDependents(ref, object);
    if (isWaitingForDependents(object)) return releaseWhenAlone(ref, object);
    if (object.metadata.deletionTimestamp || !object.metadata.ownerReferences) return;

    const states = new Map<OwnerReference, OwnerState | 'unknown'>();
    for (const owner of object.metadata.ownerReferences) states.set(owner, await stateOf(object, owner));
    const dependents = () => graph.dependentsOf(object.metadata.uid);
    const plan = planCollection({
      object,
      stateOf: (owner) => {
        const state = states.get(owner)!;
        return state === 'unknown' ? 'solid' : state;
      },
      hasDependents: () => dependents().length > 0,
      dependentIsWaiting: () => dependents().some((other) => isWaiting(other)),
    });
    if (plan.action === 'forgetOwners') await setOwners(ref, object, plan.ownerReferences);
    if (plan.action === 'delete') {
      let { resourceVersion } = object.metadata;
      if (plan.unblock) {
        const unblocked = object.metadata.ownerReferences.map((owner) => ({
          ...owner,
          blockOwnerDeletion: false,
        }));
        resourceVersion =
          (await setOwners(ref, object, unblocked))?.metadata.resourceVersion ?? resourceVersion;
      }
      const { name, namespace, uid } = object.metadata;
      const options = { uid, resourceVersion, propagationPolicy: plan.propagationPolicy };
      await unlessGone(client.delete(ref, name, namespace, options));
    }
    // An owner of a type that nobody serves now may be served later.
    if ([...states.values()].includes('unknown')) return { againAfterMs: config.discoveryPeriodMs };
  }

  /** A namespaced owner is of the object's own namespace; a cluster-scoped object can't have one. */
  function ownerOf(object: KubeObject, owner: OwnerReference) {
    const ref = monitors.find(splitApiVersion(owner.apiVersion).group, owner.kind);
    if (!ref || (ref.namespaced && !object.metadata.namespace)) return undefined;
    const namespace = ref.namespaced ? object.metadata.namespace : undefined;
    const key = namespace ? `${namespace}/${owner.name}` : owner.name;
    const found = monitors.get(resourceName(ref), key);
    return { ref, namespace, item: `${resourceName(ref)} ${key}`, object: hasUid(found, owner.uid) };
  }

  async function stateOf(object: KubeObject, owner: OwnerReference): Promise<OwnerState | 'unknown'> {
    if (absent.has(owner.uid)) return 'absent';
    const found = ownerOf(object, owner);
    if (!found) return 'unknown';
    let there = found.object;
    if (!there) {
      // The local copy may lag behind: before anything is deleted the server itself is asked.
      const live = await unlessGone(client.get(found.ref, owner.name, found.namespace));
      there = hasUid(live, owner.uid);
    }
    if (!there) {
      absent.add(owner.uid);
      return 'absent';
    }
    return isWaitingForDependents(there) ? 'waiting' : 'solid';
  }

  /** Foreground: every dependent is told; when none is left that blocks, the owner may go. */
  async function releaseWhenAlone(ref: ResourceRef, object: KubeObject) {
    const { uid } = object.metadata;
    const items = graph.dependentsOf(uid);
    const blocking = items.filter((item) => {
      const { resource, key } = splitItem(item);
      const dependent = monitors.get(resource, key);
      return dependent && blocksDeletionOf(uid, dependent);
    });
    for (const item of items) if (!isWaiting(item)) enqueue(item);
    if (blocking.length === 0) await removeFinalizer(ref, object, foregroundFinalizer);
  }

  async function orphanDependents(ref: ResourceRef, object: KubeObject) {
    const { uid } = object.metadata;
    await Promise.all(
      graph.dependentsOf(uid).map(async (item) => {
        const { resource, key } = splitItem(item);
        const dependent = monitors.get(resource, key);
        const dependentRef = monitors.refOf(resource);
        if (!dependent || !dependentRef) return;
        const others = dependent.metadata.ownerReferences?.filter((owner) => owner.uid !== uid) ?? [];
        await setOwners(dependentRef, dependent, others);
      }),
    );
    await removeFinalizer(ref, object, orphanFinalizer);
  }

  function isWaiting(item: string): boolean {
    const { resource, key } = splitItem(item);
    const object = monitors.get(resource, key);
    return object !== undefined && isWaitingForDependents(object);
  }

  function setOwners(ref: ResourceRef, { metadata }: KubeObject, ownerReferences: OwnerReference[]) {
    const { name, namespace, uid, resourceVersion } = metadata;
    const patch = { metadata: { uid, resourceVersion, ownerReferences } };
    return unlessGone(client.patch(ref, name, namespace, 'merge', patch));
  }

  async function removeFinalizer(ref: ResourceRef, { metadata }: KubeObject, finalizer: string) {
    const { name, namespace, uid, resourceVersion } = metadata;
    const finalizers = metadata.finalizers!.filter((other) => other !== finalizer);
    const patch = { metadata: { uid, resourceVersion, finalizers } };
    await unlessGone(client.patch(ref, name, namespace, 'merge', patch));
  }

  /** Looks for types at the start, whenever a definition changes, and from time to time. */
  function followTypes(): Watch {
    return {
      start(add, signal) {
        enqueue = add;
        let pending: (() => void) | undefined;
        const look = (afterMs: number) => {
          pending?.();
          pending = clock.after(afterMs, async () => {
            try {
              await monitors.refresh(signal);
            } catch (error) {
              log.warn('types can not be discovered', { error: errorMessage(error) });
            }
            if (!signal.aborted) look(config.discoveryPeriodMs);
          });
        };
        definitions.onChange(() => look(1_000));
        look(0);
        signal.addEventListener('abort', () => pending?.(), { once: true });
      },
    };
  }
}

/** Only owners, finalizers and the deletion matter; most changes are of status. */
function concernsOwners({ metadata: a }: KubeObject, { metadata: b }: KubeObject): boolean {
  return (
    a.uid !== b.uid ||
    a.deletionTimestamp !== b.deletionTimestamp ||
    JSON.stringify(a.ownerReferences) !== JSON.stringify(b.ownerReferences) ||
    JSON.stringify(a.finalizers) !== JSON.stringify(b.finalizers)
  );
}

function hasUid(object: KubeObject | undefined, uid: string): KubeObject | undefined {
  return object?.metadata.uid === uid ? object : undefined;
}

function itemOf(ref: ResourceRef, object: KubeObject): string {
  return `${resourceName(ref)} ${objectKey(object)}`;
}

function splitItem(item: string): { resource: string; key: string } {
  const space = item.indexOf(' ');
  return { resource: item.slice(0, space), key: item.slice(space + 1) };
}

async function unlessGone<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
