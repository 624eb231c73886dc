import { isNotFound, type PersistentVolume, type PersistentVolumeClaim } from '@kubets/api';
import { refs } from '@kubets/client';
import type { Controller, ControllerContext } from '../runtime/controller.ts';
import { watch, watchSelf } from '../runtime/watch.ts';
import { boundByController, setVolumePhase } from './bind_claim.ts';
import { claimsByVolume } from './claims_by_volume.ts';

const provisionedBy = 'pv.kubernetes.io/provisioned-by';

/** Phases of volumes, and what becomes of one whose claim has gone. */
export function volumePhases(context: ControllerContext): Controller {
  const { client, caches, recorder } = context;
  const volumes = caches.of(refs.persistentVolumes);
  const claims = caches.of(refs.persistentVolumeClaims);

  return {
    name: 'persistentvolume-binder',
    workers: 1,
    watches: [
      watchSelf(volumes),
      watch(claims, (claim, old) => [
        ...new Set([
          ...(claim ? claimsByVolume.values(claim) : []),
          ...(old ? claimsByVolume.values(old) : []),
        ]),
      ]),
    ],
    async reconcile(name) {
      const volume = volumes.get(name);
      if (!volume) return;
      try {
        await sync(volume);
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    },
  };

  async function sync(volume: PersistentVolume): Promise<void> {
    const { claimRef } = volume.spec;
    // Reserved by name only, or by nobody: free for the claim that comes.
    if (!claimRef?.uid) return void (await setVolumePhase(context, volume, 'Available'));
    const claim = await findClaim(claimRef.namespace!, claimRef.name!);
    if (claim?.metadata.uid !== claimRef.uid) return release(volume);
    const { volumeName } = claim.spec;
    if (volumeName === volume.metadata.name) return void (await setVolumePhase(context, volume, 'Bound'));
    // The claim is still to be written; its binder does that.
    if (!volumeName) return;
    if (volume.metadata.annotations?.[provisionedBy] && policyOf(volume) === 'Delete') return release(volume);
    await unbind(volume);
  }

  async function release(volume: PersistentVolume): Promise<void> {
    if (volume.status?.phase === 'Failed') return;
    const released = await setVolumePhase(context, volume, 'Released');
    switch (policyOf(volume)) {
      case 'Delete':
        // Whoever made the volume unmakes it.
        if (volume.metadata.annotations?.[provisionedBy] || volume.spec.csi) return;
        return deleteVolume(released);
      case 'Recycle': {
        const message = 'No recycler plugin found for the volume!';
        await setVolumePhase(context, released, 'Failed', message);
        return recorder.event(volume, 'Warning', 'VolumeFailedRecycle', message);
      }
    }
  }

  /** Volumes of a node's own disk have nothing elsewhere to be deleted. */
  async function deleteVolume(volume: PersistentVolume): Promise<void> {
    const { name, uid } = volume.metadata;
    if (volume.spec.hostPath || volume.spec.local) {
      if (!volume.metadata.deletionTimestamp)
        await client.delete(refs.persistentVolumes, name, undefined, { uid });
      return;
    }
    const message = `error getting deleter volume plugin for volume "${name}": no deletable volume plugin matched`;
    await setVolumePhase(context, volume, 'Failed', message);
    recorder.event(volume, 'Warning', 'VolumeFailedDelete', message);
  }

  /** The claim went elsewhere: the volume is free again, but a reservation that people made stays. */
  async function unbind(volume: PersistentVolume): Promise<void> {
    const { [boundByController]: chosen, ...annotations } = volume.metadata.annotations ?? {};
    const { claimRef, ...spec } = volume.spec;
    const { uid: _, resourceVersion: __, ...reservation } = claimRef ?? {};
    const free = await client.update(refs.persistentVolumes, {
      ...volume,
      metadata: { ...volume.metadata, annotations },
      spec: chosen === undefined ? { ...spec, claimRef: reservation } : spec,
    });
    await setVolumePhase(context, free, 'Available');
  }

  async function findClaim(namespace: string, name: string): Promise<PersistentVolumeClaim | undefined> {
    const cached = claims.get(`${namespace}/${name}`);
    if (cached) return cached;
    try {
      // The local copy may be behind, and data is at stake.
      return await client.get(refs.persistentVolumeClaims, name, namespace);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }
}

function policyOf({ spec }: PersistentVolume): string {
  return spec.persistentVolumeReclaimPolicy ?? 'Retain';
}
