// The writes that bind a claim and a volume to each other: first the volume's, so that nobody else takes it, then
// the claim's. Each is skipped when it is done already; whatever is left is done at the next look.
import type { PersistentVolume, PersistentVolumeClaim } from '@kubets/api';
import { type Clock, rfc3339 } from '@kubets/base';
import { type Client, refs } from '@kubets/client';
import { semanticEqual } from '../runtime/equal.ts';

export const bindCompleted = 'pv.kubernetes.io/bind-completed';
export const boundByController = 'pv.kubernetes.io/bound-by-controller';

export async function bindClaim(
  { client, clock }: { client: Client; clock: Clock },
  claim: PersistentVolumeClaim,
  volume: PersistentVolume,
): Promise<void> {
  let current = volume;
  const { name, namespace, uid, resourceVersion } = claim.metadata;
  if (volume.spec.claimRef?.uid !== uid) {
    const reserved = volume.spec.claimRef !== undefined;
    const annotations: Record<string, string> = reserved ? {} : { [boundByController]: 'yes' };
    current = await client.update(refs.persistentVolumes, {
      ...volume,
      metadata: { ...volume.metadata, annotations: { ...volume.metadata.annotations, ...annotations } },
      spec: {
        ...volume.spec,
        claimRef: { kind: 'PersistentVolumeClaim', apiVersion: 'v1', namespace, name, uid, resourceVersion },
      },
    });
  }
  current = await setVolumePhase({ client, clock }, current, 'Bound');

  let bound = claim;
  const chosen = claim.spec.volumeName === volume.metadata.name;
  if (!chosen || claim.metadata.annotations?.[bindCompleted] === undefined) {
    const annotations = {
      ...claim.metadata.annotations,
      [bindCompleted]: 'yes',
      ...(!chosen && { [boundByController]: 'yes' }),
    };
    bound = await client.update(refs.persistentVolumeClaims, {
      ...claim,
      metadata: { ...claim.metadata, annotations },
      spec: { ...claim.spec, volumeName: volume.metadata.name },
    });
  }
  await setClaimPhase(client, bound, 'Bound', current);
}

export async function setVolumePhase(
  { client, clock }: { client: Client; clock: Clock },
  volume: PersistentVolume,
  phase: string,
  message?: string,
): Promise<PersistentVolume> {
  if (volume.status?.phase === phase && (volume.status.message ?? '') === (message ?? '')) return volume;
  const status = { phase, ...(message && { message }), lastPhaseTransitionTime: rfc3339(clock.now()) };
  return client.updateStatus(refs.persistentVolumes, { ...volume, status });
}

/** A bound claim tells what it got; one that is not yet tells nothing. */
export async function setClaimPhase(
  client: Client,
  claim: PersistentVolumeClaim,
  phase: string,
  volume?: PersistentVolume,
): Promise<void> {
  const { accessModes: _, capacity, ...rest } = claim.status ?? {};
  const status = volume
    ? {
        ...rest,
        phase,
        accessModes: volume.spec.accessModes,
        // A volume that was grown says so itself; the claim's own word on it stands.
        capacity: claim.status?.phase === 'Bound' && capacity ? capacity : volume.spec.capacity,
        ...(volume.spec.volumeAttributesClassName && {
          currentVolumeAttributesClassName: volume.spec.volumeAttributesClassName,
        }),
      }
    : { ...rest, phase };
  if (semanticEqual(claim.status, status)) return;
  await client.updateStatus(refs.persistentVolumeClaims, { ...claim, status });
}
