// Volumes and claims in use are not deleted under their users (storage object in use protection).
import {
  isNotFound,
  type KubeObject,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type Pod,
} from '@kubets/api';
import { type ResourceRef, refs } from '@kubets/client';
import type { Controller, ControllerContext, ControllerDefinition } from '../runtime/controller.ts';
import { podsByClaim } from '../runtime/indexes.ts';
import { isPodFinished } from '../runtime/pod_state.ts';
import { watch, watchSelf } from '../runtime/watch.ts';

const claimFinalizer = 'kubernetes.io/pvc-protection';
const volumeFinalizer = 'kubernetes.io/pv-protection';
const classFinalizer = 'kubernetes.io/vac-protection';

export const claimProtectionController: ControllerDefinition = {
  name: 'persistentvolumeclaim-protection-controller',
  create: (context) => [claimProtection(context)],
};

export const volumeProtectionController: ControllerDefinition = {
  name: 'persistentvolume-protection-controller',
  create: (context) => [volumeProtection(context)],
};

export const attributesClassProtectionController: ControllerDefinition = {
  name: 'volumeattributesclass-protection-controller',
  create: (context) => [attributesClassProtection(context)],
};

function claimProtection(context: ControllerContext): Controller {
  const { client, caches } = context;
  const claims = caches.of(refs.persistentVolumeClaims);
  const podsUsing = caches.lookup(refs.pods, podsByClaim);
  return {
    name: 'pvcprotection',
    watches: [
      watchSelf(claims, needsLook(claimFinalizer)),
      watch(caches.of(refs.pods), (pod, old) => {
        if (pod && !isPodFinished(pod)) return [];
        return podsByClaim.values((pod ?? old)!).filter((key) => claims.get(key)?.metadata.deletionTimestamp);
      }),
    ],
    async reconcile(key) {
      const claim = claims.get(key);
      if (!claim || !needsLook(claimFinalizer)(claim)) return;
      if (!claim.metadata.deletionTimestamp)
        return addFinalizer(context, refs.persistentVolumeClaims, claim, claimFinalizer);
      if (podsUsing(key).some(isUser) || (await isUsedLive(claim))) return;
      await removeFinalizer(context, refs.persistentVolumeClaims, claim, claimFinalizer);
    },
  };

  /** The local copy may not show a pod that was just bound: data is at stake. */
  async function isUsedLive({ metadata: { namespace, name } }: PersistentVolumeClaim): Promise<boolean> {
    const { items } = await client.list(refs.pods, { namespace });
    return items.some((pod) => isUser(pod) && podsByClaim.values(pod).includes(`${namespace}/${name}`));
  }
}

/** Not yet bound to a node, a pod can't start with a claim that is being deleted any more. */
function isUser(pod: Pod): boolean {
  return Boolean(pod.spec.nodeName) && !isPodFinished(pod);
}

function volumeProtection(context: ControllerContext): Controller {
  const volumes = context.caches.of(refs.persistentVolumes);
  return {
    name: 'pvprotection',
    watches: [watchSelf(volumes, needsLook(volumeFinalizer))],
    async reconcile(key) {
      const volume = volumes.get(key);
      if (!volume || !needsLook(volumeFinalizer)(volume)) return;
      if (!volume.metadata.deletionTimestamp)
        return addFinalizer(context, refs.persistentVolumes, volume, volumeFinalizer);
      if (volume.status?.phase !== 'Bound') {
        await removeFinalizer(context, refs.persistentVolumes, volume, volumeFinalizer);
      }
    },
  };
}

/** A class of volume attributes is in use by the claims that want it and the volumes that have it (KEP-3751). */
function attributesClassProtection(context: ControllerContext): Controller {
  const classes = context.caches.of(refs.volumeAttributesClasses);
  const claims = context.caches.of(refs.persistentVolumeClaims);
  const volumes = context.caches.of(refs.persistentVolumes);
  const claimsOf = context.caches.lookup(refs.persistentVolumeClaims, claimsByAttributesClass);
  const volumesOf = context.caches.lookup(refs.persistentVolumes, volumesByAttributesClass);
  return {
    name: 'vacprotection',
    watches: [
      watchSelf(classes, needsLook(classFinalizer)),
      watch(claims, (next, old) => givenUp(claimsByAttributesClass.values, next, old)),
      watch(volumes, (next, old) => givenUp(volumesByAttributesClass.values, next, old)),
    ],
    async reconcile(key) {
      const found = classes.get(key);
      if (!found || !needsLook(classFinalizer)(found)) return;
      if (!found.metadata.deletionTimestamp)
        return addFinalizer(context, refs.volumeAttributesClasses, found, classFinalizer);
      if (claimsOf(key).length > 0 || volumesOf(key).length > 0) return;
      await removeFinalizer(context, refs.volumeAttributesClasses, found, classFinalizer);
    },
  };
}

const claimsByAttributesClass = {
  name: 'byVolumeAttributesClass',
  values: ({ spec, status }: PersistentVolumeClaim): string[] => {
    const { targetVolumeAttributesClassName } = status?.modifyVolumeStatus ?? {};
    const names = [
      spec?.volumeAttributesClassName,
      status?.currentVolumeAttributesClassName,
      targetVolumeAttributesClassName,
    ];
    return [...new Set(names.filter((name): name is string => Boolean(name)))];
  },
};

const volumesByAttributesClass = {
  name: 'byVolumeAttributesClass',
  values: ({ spec }: PersistentVolume): string[] =>
    spec?.volumeAttributesClassName ? [spec.volumeAttributesClassName] : [],
};

/** What an object named and names no more. */
function givenUp<T>(namesOf: (object: T) => string[], next: T | undefined, old: T | undefined): string[] {
  const kept = next ? namesOf(next) : [];
  return old ? namesOf(old).filter((name) => !kept.includes(name)) : [];
}

/** Staying without the finalizer, or going with it. */
function needsLook(finalizer: string): (object: KubeObject) => boolean {
  return ({ metadata }) =>
    (metadata.finalizers?.includes(finalizer) ?? false) === (metadata.deletionTimestamp !== undefined);
}

function addFinalizer<T extends KubeObject>(
  context: ControllerContext,
  ref: ResourceRef<T>,
  object: T,
  finalizer: string,
) {
  return setFinalizers(context, ref, object, [...(object.metadata.finalizers ?? []), finalizer]);
}

function removeFinalizer<T extends KubeObject>(
  context: ControllerContext,
  ref: ResourceRef<T>,
  object: T,
  finalizer: string,
) {
  return setFinalizers(
    context,
    ref,
    object,
    object.metadata.finalizers!.filter((other) => other !== finalizer),
  );
}

async function setFinalizers<T extends KubeObject>(
  { client }: ControllerContext,
  ref: ResourceRef<T>,
  object: T,
  finalizers: string[],
): Promise<void> {
  const { name, namespace, uid, resourceVersion } = object.metadata;
  try {
    await client.patch(ref, name, namespace, 'merge', { metadata: { uid, resourceVersion, finalizers } });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
