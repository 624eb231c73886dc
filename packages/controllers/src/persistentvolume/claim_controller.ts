import { isNotFound, objectKey, type PersistentVolume, type PersistentVolumeClaim } from '@kubets/api';
import { refs } from '@kubets/client';
import type { Index } from '../runtime/caches.ts';
import type { Controller, ControllerContext } from '../runtime/controller.ts';
import { podsByClaim } from '../runtime/indexes.ts';
import { watch, watchSelf } from '../runtime/watch.ts';
import { bindClaim, bindCompleted, setClaimPhase } from './bind_claim.ts';
import { classOfClaim, classOfVolume, findVolume, isReservedFor, mismatch } from './match_volume.ts';

const selectedNode = 'volume.kubernetes.io/selected-node';
const provisionerAnnotations = [
  'volume.kubernetes.io/storage-provisioner',
  'volume.beta.kubernetes.io/storage-provisioner',
];
/** How soon to remind of a claim that waits for others. */
const resyncMs = 15_000;

export const volumesByClass: Index<PersistentVolume> = {
  name: 'class',
  values: (volume) => [classOfVolume(volume)],
};

const waitingClaimsByClass: Index<PersistentVolumeClaim> = {
  name: 'waitingInClass',
  values: (claim) => (claim.status?.phase === 'Bound' ? [] : [classOfClaim(claim)]),
};

export function claimBinder(context: ControllerContext): Controller {
  const { client, caches, recorder } = context;
  const claims = caches.of(refs.persistentVolumeClaims);
  const volumes = caches.of(refs.persistentVolumes);
  const classes = caches.of(refs.storageClasses);
  const volumesIn = caches.lookup(refs.persistentVolumes, volumesByClass);
  const waitingIn = caches.lookup(refs.persistentVolumeClaims, waitingClaimsByClass);
  const podsUsing = caches.lookup(refs.pods, podsByClaim);

  return {
    name: 'persistentvolumeclaim-binder',
    // One at a time: two claims must not choose the same volume.
    workers: 1,
    watches: [
      watchSelf(claims),
      watch(volumes, (volume, old) => {
        const { claimRef } = (volume ?? old)!.spec;
        if (claimRef) return [`${claimRef.namespace}/${claimRef.name}`];
        return volume?.status?.phase === 'Available' ? waitingIn(classOfVolume(volume)).map(objectKey) : [];
      }),
      watch(classes, (added, old) => (added && !old ? waitingIn(added.metadata.name).map(objectKey) : [])),
    ],
    async reconcile(key) {
      const claim = claims.get(key);
      if (!claim) return;
      try {
        return await (claim.metadata.annotations?.[bindCompleted] === undefined
          ? bind(claim)
          : keepBound(claim));
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    },
  };

  async function bind(claim: PersistentVolumeClaim) {
    const { volumeName } = claim.spec;
    if (!volumeName) return choose(claim);
    const volume = volumes.get(volumeName);
    if (!volume) return setClaimPhase(client, claim, 'Pending');
    if (!volume.spec.claimRef) {
      const why = mismatch(volume, claim);
      if (!why) return bindClaim(context, claim, volume);
      const message = `Cannot bind to requested volume "${volumeName}": ${why}`;
      recorder.event(claim, 'Warning', 'VolumeMismatch', message);
    } else if (isReservedFor(volume, claim)) return bindClaim(context, claim, volume);
    else {
      const other = `${volume.spec.claimRef.namespace}/${volume.spec.claimRef.name}`;
      const message = `volume "${volumeName}" already bound to a different claim "${other}".`;
      recorder.event(claim, 'Warning', 'FailedBinding', message);
    }
    return setClaimPhase(client, claim, 'Pending');
  }

  async function choose(claim: PersistentVolumeClaim) {
    const className = classOfClaim(claim);
    const storageClass = className ? classes.get(className) : undefined;
    const delayed =
      storageClass?.volumeBindingMode === 'WaitForFirstConsumer' &&
      claim.metadata.annotations?.[selectedNode] === undefined;
    const volume = findVolume(claim, volumesIn(className), { delayed });
    if (volume) return bindClaim(context, claim, volume);
    await setClaimPhase(client, claim, 'Pending');
    if (delayed) {
      const pod = podsUsing(objectKey(claim)).find(({ metadata }) => !metadata.deletionTimestamp);
      if (pod) {
        const message = `waiting for pod ${pod.metadata.name} to be scheduled`;
        recorder.event(claim, 'Normal', 'WaitForPodScheduled', message);
      } else {
        const message = 'waiting for first consumer to be created before binding';
        recorder.event(claim, 'Normal', 'WaitForFirstConsumer', message);
      }
    } else if (className) await requestProvisioning(claim, className, storageClass?.provisioner);
    else {
      const message = 'no persistent volumes available for this claim and no storage class is set';
      recorder.event(claim, 'Normal', 'FailedBinding', message);
    }
    return { againAfterMs: resyncMs };
  }

  /** Tells the class's provisioner, which runs elsewhere, that the claim is its to serve. */
  async function requestProvisioning(
    claim: PersistentVolumeClaim,
    className: string,
    provisioner: string | undefined,
  ): Promise<void> {
    if (provisioner === undefined) {
      const message = `storageclass.storage.k8s.io "${className}" not found`;
      return recorder.event(claim, 'Warning', 'ProvisioningFailed', message);
    }
    if (provisioner === 'kubernetes.io/no-provisioner') {
      const message = 'no volume plugin matched name: kubernetes.io/no-provisioner';
      return recorder.event(claim, 'Warning', 'ProvisioningFailed', message);
    }
    const { name, namespace, uid, annotations } = claim.metadata;
    if (provisionerAnnotations.some((key) => annotations?.[key] !== provisioner)) {
      await client.patch(refs.persistentVolumeClaims, name, namespace, 'merge', {
        metadata: {
          uid,
          annotations: Object.fromEntries(provisionerAnnotations.map((key) => [key, provisioner])),
        },
      });
    }
    const message = `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`;
    recorder.event(claim, 'Normal', 'ExternalProvisioning', message);
  }

  async function keepBound(claim: PersistentVolumeClaim): Promise<void> {
    const { volumeName } = claim.spec;
    if (!volumeName) {
      return lose(
        claim,
        'ClaimLost',
        'Bound claim has lost reference to PersistentVolume. Data on the volume is lost!',
      );
    }
    const volume = volumes.get(volumeName) ?? (await liveVolume(volumeName));
    if (!volume) {
      return lose(
        claim,
        'ClaimLost',
        'Bound claim has lost its PersistentVolume. Data on the volume is lost!',
      );
    }
    const { claimRef } = volume.spec;
    if (!claimRef || isReservedFor(volume, claim)) return bindClaim(context, claim, volume);
    const message = 'Two claims are bound to the same volume, this one is bound incorrectly';
    return lose(claim, 'ClaimMisbound', message);
  }

  async function lose(claim: PersistentVolumeClaim, reason: string, message: string): Promise<void> {
    if (claim.status?.phase === 'Lost') return;
    await setClaimPhase(client, claim, 'Lost');
    recorder.event(claim, 'Warning', reason, message);
  }

  async function liveVolume(name: string): Promise<PersistentVolume | undefined> {
    try {
      return await client.get(refs.persistentVolumes, name);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }
}
