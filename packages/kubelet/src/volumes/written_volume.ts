// Volumes whose files the kubelet writes, and writes again when their source changes.
import type { Volume } from '@kubets/api';
import { volumeDir } from '../node/pod_paths.ts';
import { writeAtomically } from './atomic_writer.ts';
import { giveToGroup } from './ownership.ts';
import { type Payload, samePayload } from './payload.ts';
import type { VolumeContext, VolumeKind } from './volume_kind.ts';

export interface WrittenVolumeOptions {
  name: keyof Volume & string;
  /** The directory's name on the node: `configmap`. */
  plugin: string;
  /** Kept in memory, so that it never reaches a disk. */
  memory: boolean;
  payload(context: VolumeContext): Promise<Payload>;
  forget?(podUid: string): void;
}

export function writtenVolume(options: WrittenVolumeOptions): VolumeKind {
  /** What was written last, by pod and volume. */
  const written = new Map<string, Map<string, Payload>>();
  return {
    name: options.name,
    live: true,
    async setUp(context) {
      const { parts, pod, volume } = context;
      const { uid } = pod.metadata;
      const { files, mounts } = parts.host;
      const hostPath = volumeDir(parts.node, uid, options.plugin, volume.name);
      const payload = await options.payload(context);
      const known = written.get(uid)?.get(volume.name);
      if (known && samePayload(known, payload)) return { hostPath, readOnly: true };

      await files.makeDirectory(hostPath, { mode: 0o777 });
      if (options.memory && !(await mounts.list(hostPath)).includes(hostPath)) {
        await mounts.tmpfs(hostPath, {});
        await files.setMode(hostPath, 0o777);
      }
      const fsGroup = pod.spec.securityContext?.fsGroup;
      await writeAtomically({
        files,
        directory: hostPath,
        payload,
        now: parts.clock.now(),
        unique: parts.random.uuid().slice(0, 8),
        async own(path) {
          if (fsGroup !== undefined) await giveToGroup({ files, path, fsGroup, readOnly: true });
        },
      });
      const ofPod = written.get(uid) ?? new Map<string, Payload>();
      written.set(uid, ofPod.set(volume.name, payload));
      return { hostPath, readOnly: true };
    },
    forget(uid) {
      written.delete(uid);
      options.forget?.(uid);
    },
  };
}
