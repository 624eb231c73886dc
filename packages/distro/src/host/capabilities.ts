import { existsSync, readFileSync } from 'node:fs';

const capSysResource = 24;

/** Whether this process may lower oom_score_adj (capabilities(7), CAP_SYS_RESOURCE). */
export function canLowerOomScore(status = readFileSync('/proc/self/status', 'utf8')): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0';
  return ((BigInt(`0x${effective}`) >> BigInt(capSysResource)) & 1n) === 1n;
}

/** Whether the machine's cgroups are the unified hierarchy alone. */
export function isCgroupV2(): boolean {
  return existsSync('/sys/fs/cgroup/cgroup.controllers');
}

/** Whether systemd runs the machine, and so owns the cgroup tree. */
export function isSystemdInit(): boolean {
  return existsSync('/run/systemd/system');
}
