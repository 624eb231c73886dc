import type { Host } from '../host/host.ts';
import { linuxCgroups } from './linux_cgroups.ts';
import { linuxFiles } from './linux_files.ts';
import { linuxMounts } from './linux_mounts.ts';

/** The machine that this process runs on. `podCgroups: false` leaves cgroups to the runtime. */
export function linuxHost({ podCgroups = true }: { podCgroups?: boolean } = {}): Host {
  return { files: linuxFiles, mounts: linuxMounts, ...(podCgroups && { cgroups: linuxCgroups() }) };
}
