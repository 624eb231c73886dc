// Which volume that is there already a claim gets on a node.
import {
  labelSelectorMatcher,
  type PersistentVolume,
  type PersistentVolumeClaim,
  parseQuantity,
} from '@kubets/api';
import type { NodeInfo } from '../state/node_info.ts';
import { volumeReaches } from './volume_claims.ts';

export interface VolumeSearch {
  claim: PersistentVolumeClaim;
  /** Of the claim's storage class. */
  volumes: readonly PersistentVolume[];
  node: NodeInfo;
  /** Names of volumes that other claims have. */
  taken: { has(name: string): boolean };
}

/** The smallest volume that will do; one that names the claim already comes first, and alone. */
export function findVolume({ claim, volumes, node, taken }: VolumeSearch): PersistentVolume | undefined {
  const selector = claim.spec?.selector && labelSelectorMatcher(claim.spec.selector);
  const asked = parseQuantity(claim.spec?.resources?.requests?.['storage'] ?? '0');
  let best: PersistentVolume | undefined;
  for (const volume of volumes) {
    if (taken.has(volume.metadata.name) || volume.metadata.deletionTimestamp) continue;
    const { claimRef } = volume.spec;
    if (claimRef && !isFor(claimRef, claim)) continue;
    if (sizeOf(volume).cmp(asked) < 0 || !sameKind(volume, claim)) continue;
    if (claimRef) return volumeReaches(volume, node) ? volume : undefined;
    if (volume.status?.phase !== 'Available') continue;
    if (selector && !selector.matches(volume.metadata.labels)) continue;
    if (!volumeReaches(volume, node)) continue;
    if (!claim.spec?.accessModes?.every((mode) => volume.spec.accessModes?.includes(mode))) continue;
    if (!best || sizeOf(best).cmp(sizeOf(volume)) > 0) best = volume;
  }
  return best;
}

function isFor(
  claimRef: { namespace?: string; name?: string; uid?: string },
  { metadata }: PersistentVolumeClaim,
): boolean {
  return (
    claimRef.name === metadata.name &&
    claimRef.namespace === metadata.namespace &&
    (!claimRef.uid || claimRef.uid === metadata.uid)
  );
}

function sameKind(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  const mode = (spec: { volumeMode?: string } | undefined) => spec?.volumeMode ?? 'Filesystem';
  const attributes = (spec: { volumeAttributesClassName?: string } | undefined) =>
    spec?.volumeAttributesClassName ?? '';
  return mode(volume.spec) === mode(claim.spec) && attributes(volume.spec) === attributes(claim.spec);
}

function sizeOf(volume: PersistentVolume) {
  return parseQuantity(volume.spec.capacity?.['storage'] ?? '0');
}
