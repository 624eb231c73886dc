export { linuxCgroups } from './linux_cgroups.ts';
export { type LinuxHostOptions, linuxHost } from './linux_host.ts';
export { linuxProbeIo } from './linux_probe_io.ts';
