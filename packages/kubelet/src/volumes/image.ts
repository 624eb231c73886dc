import type { KubeletParts } from '../kubelet_parts.ts';
import { volumeDir } from '../node/pod_paths.ts';
import type { VolumeKind } from './volume_kind.ts';

/** The files of an image, read-only (KEP-4639). */
export const image: VolumeKind = {
  name: 'image',
  live: true,
  async setUp({ parts, pod, task, volume, mounted }) {
    if (mounted && !mounted.failure) return mounted;
    const { reference = '', pullPolicy } = volume.image!;
    const pulled = await parts.puller.ensure({
      pod,
      container: { image: reference, imagePullPolicy: pullPolicy },
      secrets: task.pullSecrets,
      event: (type, reason, message) => parts.recorder.event(pod, type, reason, message),
    });
    // The containers that mount it wait for the same reason as for their own image.
    if (!pulled.ok) return { hostPath: '', readOnly: true, failure: pulled };
    const name = pulled.image.repoTags?.[0] ?? pulled.image.repoDigests?.[0] ?? reference;
    const { images, files, mounts } = parts.host;
    if (!images) return { hostPath: '', readOnly: true, image: pulled.imageRef };
    const hostPath = volumeDir(parts.node, pod.metadata.uid, 'image', volume.name);
    await files.makeDirectory(hostPath, { mode: 0o755 });
    if (!(await mounts.list(hostPath)).includes(hostPath)) await images.mount(name, hostPath);
    return { hostPath, readOnly: true };
  },
  async tearDown({ host }: KubeletParts, { hostPath }) {
    if (hostPath) await host.images?.unmount(hostPath);
  },
};
