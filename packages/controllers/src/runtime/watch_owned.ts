import { controllerOf, type KubeObject, splitApiVersion } from '@kubets/api';
import type { Ms } from '@kubets/base';
import type { Informer, ResourceRef } from '@kubets/client';
import { semanticEqual } from './equal.ts';
import { type Watch, watchAfter } from './watch.ts';

/**
 * Changes of managed objects lead to the keys of their controllers. One whose controller changed leads to both;
 * one that nobody manages to all that might take it over.
 */
export function watchOwned<T extends KubeObject, O extends KubeObject>(options: {
  owned: Informer<T>;
  owners: Informer<O>;
  /** Which owners may want an object that nobody manages. */
  wantedBy?: (object: T) => Iterable<O>;
  /** Told of each change of an object that has an owner, before its key is queued. */
  observe?: (ownerKey: string, object: T | undefined, old: T | undefined) => void;
  /** Lets changes gather for so long before the owner is looked at. */
  gatherMs?: Ms;
}): Watch {
  const { owned, owners, wantedBy, observe } = options;
  return watchAfter(owned, options.gatherMs, (object, old) => {
    const keys = new Set<string>();
    const owner = object && ownerKey(object, owners);
    const oldOwner = old && ownerKey(old, owners);
    if (owner) keys.add(owner);
    if (oldOwner && oldOwner !== owner) keys.add(oldOwner);
    for (const key of keys) observe?.(key, object, old);
    if (wantedBy && object && !controllerOf(object) && !object.metadata.deletionTimestamp) {
      const changed =
        !old || controllerOf(old) || !semanticEqual(old.metadata.labels, object.metadata.labels);
      if (changed) {
        for (const { metadata } of wantedBy(object)) keys.add(`${metadata.namespace}/${metadata.name}`);
      }
    }
    return keys;
  });
}

/** The key of the object's controller if `owners` has it, with the very uid. */
export function ownerKey(object: KubeObject, owners: Informer<any>): string | undefined {
  const controller = controllerOf(object);
  if (
    controller?.kind !== owners.ref.kind ||
    splitApiVersion(controller.apiVersion).group !== owners.ref.group
  )
    return undefined;
  const key = keyIn(object.metadata.namespace, controller.name, owners.ref);
  return owners.get(key)?.metadata.uid === controller.uid ? key : undefined;
}

function keyIn(namespace: string | undefined, name: string, ref: ResourceRef): string {
  return ref.namespaced ? `${namespace}/${name}` : name;
}
