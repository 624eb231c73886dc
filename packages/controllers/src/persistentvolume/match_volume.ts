// Which volume a claim gets: the smallest that fits, or the one that is reserved for it.
import {
  labelSelectorMatcher,
  type PersistentVolume,
  type PersistentVolumeClaim,
  parseQuantity,
} from '@kubets/api';

const classAnnotation = 'volume.beta.kubernetes.io/storage-class';

export function classOfClaim({ metadata, spec }: PersistentVolumeClaim): string {
  return metadata.annotations?.[classAnnotation] ?? spec.storageClassName ?? '';
}

export function classOfVolume({ metadata, spec }: PersistentVolume): string {
  return metadata.annotations?.[classAnnotation] ?? spec.storageClassName ?? '';
}

/** Reserved for this very claim: by name, and by uid once there is one. */
export function isReservedFor({ spec }: PersistentVolume, { metadata }: PersistentVolumeClaim): boolean {
  const { claimRef } = spec;
  if (!claimRef || claimRef.name !== metadata.name || claimRef.namespace !== metadata.namespace) return false;
  return !claimRef.uid || claimRef.uid === metadata.uid;
}

/** Why the volume can't be the claim's, in words; undefined when it can. */
export function mismatch(volume: PersistentVolume, claim: PersistentVolumeClaim): string | undefined {
  const wanted = claim.spec.resources?.requests?.storage ?? '0';
  if (parseQuantity(volume.spec.capacity?.storage ?? '0').cmp(parseQuantity(wanted)) < 0) {
    return 'requested PV is too small';
  }
  if (classOfVolume(volume) !== classOfClaim(claim)) {
    return 'storageClassName does not match';
  }
  if (modeOf(volume) !== modeOf(claim)) return 'incompatible volumeMode';
  if (!hasAccessModes(volume, claim)) return 'incompatible accessMode';
  return undefined;
}

/** `delayed`: only a volume that is reserved for the claim counts; the scheduler chooses among the others. */
export function findVolume(
  claim: PersistentVolumeClaim,
  volumes: Iterable<PersistentVolume>,
  { delayed }: { delayed: boolean },
): PersistentVolume | undefined {
  const selector = claim.spec.selector ? labelSelectorMatcher(claim.spec.selector) : undefined;
  let best: PersistentVolume | undefined;
  for (const volume of volumes) {
    if (volume.metadata.deletionTimestamp) continue;
    if (isReservedFor(volume, claim)) {
      if (!mismatch(volume, claim)) return volume;
      continue;
    }
    if (delayed || volume.spec.claimRef || volume.status?.phase !== 'Available') continue;
    if (mismatch(volume, claim) || (selector && !selector.matches(volume.metadata.labels))) continue;
    if ((volume.spec.volumeAttributesClassName ?? '') !== (claim.spec.volumeAttributesClassName ?? ''))
      continue;
    if (!best || isSmaller(volume, best)) best = volume;
  }
  return best;
}

function isSmaller(a: PersistentVolume, b: PersistentVolume): boolean {
  const size = (volume: PersistentVolume) => parseQuantity(volume.spec.capacity?.storage ?? '0');
  const order = size(a).cmp(size(b));
  return order < 0 || (order === 0 && a.metadata.name < b.metadata.name);
}

function modeOf({ spec }: { spec: { volumeMode?: string } }): string {
  return spec.volumeMode ?? 'Filesystem';
}

function hasAccessModes(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  return (claim.spec.accessModes ?? []).every((mode) => volume.spec.accessModes?.includes(mode));
}
