import type { Pod, Volume } from '@kubets/api';
import type { MountedVolume } from '../container/mounts.ts';
import type { KubeletParts } from '../kubelet_parts.ts';
import type { PodTask } from '../steps/pod_step.ts';

export interface VolumeContext {
  parts: KubeletParts;
  task: PodTask;
  pod: Pod;
  volume: Volume;
  /** What was set up before, when it was. */
  mounted: MountedVolume | undefined;
}

/** One source of volumes. Unmounting and removing is the same for all: what stands in the pod's directory goes. */
export interface VolumeKind {
  /** The field of the volume that says it is of this kind. */
  readonly name: keyof Volume & string;
  /** True when an update of the source reaches containers that run. */
  readonly live?: boolean;
  /** Rejects with the reason why it can't be used yet. */
  setUp(context: VolumeContext): Promise<MountedVolume>;
  /** Before everything below the pod's directory is unmounted: what needs more than that. */
  tearDown?(parts: KubeletParts, mounted: MountedVolume): Promise<void>;
  /** Drops what is remembered of a pod. */
  forget?(podUid: string): void;
}
