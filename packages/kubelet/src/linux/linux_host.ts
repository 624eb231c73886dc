import type { Host } from '../host/host.ts';
import { containerdImageMounts } from './image_mounts.ts';
import { linuxCgroups } from './linux_cgroups.ts';
import { linuxFiles } from './linux_files.ts';
import { linuxMounts } from './linux_mounts.ts';
import { linuxUsage } from './machine_stats.ts';

export interface LinuxHostOptions {
  /** False leaves cgroups to the runtime. */
  podCgroups?: boolean;
  /** Of a containerd before 2.1, which can't mount images by itself: /run/containerd/containerd.sock. */
  imageMountSocket?: string;
}

/** The machine that this process runs on. */
export function linuxHost({ podCgroups = true, imageMountSocket }: LinuxHostOptions = {}): Host {
  return {
    files: linuxFiles,
    mounts: linuxMounts,
    usage: linuxUsage,
    ...(podCgroups && { cgroups: linuxCgroups() }),
    ...(imageMountSocket && { images: containerdImageMounts(imageMountSocket) }),
  };
}
