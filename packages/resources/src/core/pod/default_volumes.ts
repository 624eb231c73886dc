import type { DownwardAPIVolumeFile, PersistentVolumeClaimSpec, Volume } from '@kubets/api';
import { defaultPullPolicy } from './image_tag.ts';

/** `0644`. */
const defaultFileMode = 420;

// Fields that Go writes even when nothing is in them are null then.
export function defaultVolumes(volumes: Volume[]): void {
  for (const volume of volumes) {
    if (Object.entries(volume).every(([key, value]) => key === 'name' || value == null)) volume.emptyDir = {};
    defaultCommonVolume(volume);
    defaultNetworkVolume(volume);
  }
}

function defaultCommonVolume(volume: Volume): void {
  const { hostPath, secret, configMap, downwardAPI, projected, image, ephemeral } = volume;
  if (hostPath) hostPath.type ??= '';
  if (secret) secret.defaultMode ??= defaultFileMode;
  if (configMap) configMap.defaultMode ??= defaultFileMode;
  if (image) image.pullPolicy ||= defaultPullPolicy(image.reference);
  if (ephemeral?.volumeClaimTemplate?.spec) defaultClaimSpec(ephemeral.volumeClaimTemplate.spec);
  if (downwardAPI) {
    downwardAPI.defaultMode ??= defaultFileMode;
    defaultDownwardFiles(downwardAPI.items);
  }
  if (projected) {
    projected.defaultMode ??= defaultFileMode;
    if (!projected.sources?.length) projected.sources = null as never;
    for (const source of projected.sources ?? []) {
      defaultDownwardFiles(source.downwardAPI?.items);
      if (source.serviceAccountToken) source.serviceAccountToken.expirationSeconds ??= 3600;
    }
  }
}

function defaultDownwardFiles(files: DownwardAPIVolumeFile[] = []): void {
  for (const { fieldRef } of files) if (fieldRef) fieldRef.apiVersion ||= 'v1';
}

/** Defaults that PersistentVolumes share. */
export function defaultNetworkVolume(source: Partial<Volume>): void {
  const { iscsi, rbd, scaleIO, azureDisk } = source;
  if (iscsi) iscsi.iscsiInterface ||= 'default';
  if (rbd) {
    rbd.pool ||= 'rbd';
    rbd.user ||= 'admin';
    rbd.keyring ||= '/etc/ceph/keyring';
  }
  if (scaleIO) {
    scaleIO.storageMode ||= 'ThinProvisioned';
    scaleIO.fsType ||= 'xfs';
    scaleIO.secretRef ??= null as never;
  }
  if (azureDisk) {
    azureDisk.cachingMode ??= 'ReadWrite';
    azureDisk.fsType ??= 'ext4';
    azureDisk.readOnly ??= false;
    azureDisk.kind ??= 'Shared';
  }
}

export function defaultClaimSpec(spec: PersistentVolumeClaimSpec): void {
  spec.volumeMode ??= 'Filesystem';
  spec.resources ??= {};
}
