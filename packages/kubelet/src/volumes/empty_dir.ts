import { type Pod, parseQuantity } from '@kubets/api';
import { podTotals } from '../container/resources.ts';
import { volumeDir } from '../node/pod_paths.ts';
import { giveToGroup } from './ownership.ts';
import type { VolumeContext, VolumeKind } from './volume_kind.ts';

/** A directory for the life of the pod, on disk or in memory. */
export const emptyDir: VolumeKind = {
  name: 'emptyDir',
  async setUp(context) {
    const { parts, pod, volume, mounted } = context;
    const { files } = parts.host;
    const hostPath = volumeDir(parts.node, pod.metadata.uid, 'empty-dir', volume.name);
    if (mounted) return mounted;
    const medium = volume.emptyDir?.medium ?? '';
    const isNew = (await files.stat(hostPath)) === undefined;
    await files.makeDirectory(hostPath, { mode: 0o777 });
    if (medium === 'Memory') {
      if (!(await parts.host.mounts.list(hostPath)).includes(hostPath)) {
        await parts.host.mounts.tmpfs(hostPath, { sizeBytes: memoryBytes(context) });
        await files.setMode(hostPath, 0o777);
      }
    } else if (medium !== '') throw new Error(`unsupported emptyDir medium "${medium}"`);
    const fsGroup = pod.spec.securityContext?.fsGroup;
    if (fsGroup !== undefined && (isNew || medium === 'Memory'))
      await giveToGroup({ files, path: hostPath, fsGroup, readOnly: false });
    return { hostPath, readOnly: false };
  },
};

/** What is in it counts as memory of the pod, so it is no larger than that (KEP-1967). */
function memoryBytes({ parts, pod, volume }: VolumeContext): number | undefined {
  const limits = [
    quantity(volume.emptyDir?.sizeLimit),
    podLimit(pod),
    quantity((parts.node.allocatable ?? parts.node.capacity)['memory']),
  ].filter((bytes) => bytes !== undefined && bytes > 0) as number[];
  return limits.length > 0 ? Math.min(...limits) : undefined;
}

function podLimit({ spec }: Pod): number | undefined {
  return podTotals(spec, 'limits', 'memory');
}

function quantity(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseQuantity(text).value();
}
