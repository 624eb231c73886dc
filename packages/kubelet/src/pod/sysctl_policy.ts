// Sysctls of pods: the safe ones are namespaced and can't hurt others (KEP-34).
import type { Pod } from '@kubets/api';

const safe = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_wmem',
]);

/** What is wrong with the first sysctl that the pod may not set, as upstream says it. */
export function unsafeSysctl({ spec }: Pod, allowed: readonly string[]): string | undefined {
  for (const { name: written } of spec.securityContext?.sysctls ?? []) {
    const name = written.replaceAll('/', '.');
    const ipc = /^(?:kernel\.(?:shm|msg|sem)|fs\.mqueue\.)/.test(name);
    const net = name.startsWith('net.');
    if (ipc && spec.hostIPC) return `"${name}" not allowed with host ipc enabled`;
    if (net && spec.hostNetwork) return `"${name}" not allowed with host net enabled`;
    const fits = allowed.some((pattern) =>
      pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern,
    );
    if (!safe.has(name) && !fits) return `"${name}" not allowlisted`;
  }
  return undefined;
}
