// The sources of volumes that this kubelet can set up. A new one is one file and one line.
import type { KubeletParts } from '../kubelet_parts.ts';
import { emptyDir } from './empty_dir.ts';
import { hostPath } from './host_path.ts';
import { image } from './image.ts';
import { ephemeral, persistentVolumeClaim } from './persistent_volume_claim.ts';
import { projected } from './projected.ts';
import { configMapFiles, downwardFiles, secretFiles } from './sources.ts';
import type { VolumeKind } from './volume_kind.ts';
import { writtenVolume } from './written_volume.ts';

export function volumeKinds(parts: KubeletParts): VolumeKind[] {
  return [
    emptyDir,
    hostPath,
    writtenVolume({
      name: 'configMap',
      plugin: 'configmap',
      memory: false,
      payload: (context) =>
        configMapFiles(context, context.volume.configMap!, context.volume.configMap!.defaultMode ?? 0o644),
    }),
    writtenVolume({
      name: 'secret',
      plugin: 'secret',
      memory: true,
      payload: (context) =>
        secretFiles(context, context.volume.secret!, context.volume.secret!.defaultMode ?? 0o644),
    }),
    writtenVolume({
      name: 'downwardAPI',
      plugin: 'downward-api',
      memory: true,
      async payload(context) {
        const { items = [], defaultMode = 0o644 } = context.volume.downwardAPI!;
        return downwardFiles(context, items, defaultMode);
      },
    }),
    projected(parts),
    persistentVolumeClaim,
    ephemeral,
    image,
  ];
}
