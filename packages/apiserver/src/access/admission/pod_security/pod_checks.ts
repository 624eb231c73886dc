// Checks of what a pod takes of its node, and of the user that it runs as.
import type { Volume } from '@kubets/api';
import {
  badContainers,
  badSetters,
  type CheckedPod,
  named,
  type PodCheck,
  plural,
  quoted,
  sorted,
} from './finding.ts';

export const hostNamespaces: PodCheck = ({ spec }) => {
  const shared = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((field) => spec[field]);
  if (shared.length === 0) return undefined;
  return { reason: 'host namespaces', detail: shared.map((field) => `${field}=true`).join(', ') };
};

export const hostPathVolumes: PodCheck = ({ spec }) => {
  const paths = (spec.volumes ?? []).filter(({ hostPath }) => hostPath);
  const volumes = named(
    'volume',
    paths.map(({ name }) => name),
  );
  return volumes && { reason: 'hostPath volumes', detail: volumes.text };
};

const allowedVolumes = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
] as const satisfies readonly (keyof Volume)[];

export const restrictedVolumes: PodCheck = ({ spec }) => {
  const bad = (spec.volumes ?? []).filter((volume) => !allowedVolumes.some((source) => volume[source]));
  const volumes = named(
    'volume',
    bad.map(({ name }) => name),
  );
  if (!volumes) return undefined;
  const types = sorted(bad.map(sourceOf));
  return {
    reason: 'restricted volume types',
    detail: `${volumes.text} ${plural(volumes.count, 'uses', 'use')} ${plural(types.length, 'restricted volume type')} ${quoted(types)}`,
  };
};

function sourceOf({ name: _name, ...sources }: Volume): string {
  return Object.entries(sources).find(([, source]) => source)?.[0] ?? 'unknown';
}

const firstSysctls = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_unprivileged_port_start',
];
const keepalive = ['tcp_keepalive_time', 'tcp_fin_timeout', 'tcp_keepalive_intvl', 'tcp_keepalive_probes'];

/** Those that are set per pod and harm no other, as each version knew them. */
export const safeSysctls = {
  v1_0: firstSysctls,
  v1_27: [...firstSysctls, 'net.ipv4.ip_local_reserved_ports'],
  v1_29: [
    ...firstSysctls,
    'net.ipv4.ip_local_reserved_ports',
    ...keepalive.map((name) => `net.ipv4.${name}`),
  ],
  v1_32: [
    ...firstSysctls,
    'net.ipv4.ip_local_reserved_ports',
    ...keepalive.map((name) => `net.ipv4.${name}`),
    'net.ipv4.tcp_rmem',
    'net.ipv4.tcp_wmem',
  ],
};

export function sysctls(allowed: readonly string[]): PodCheck {
  return ({ spec }) => {
    const names = (spec.securityContext?.sysctls ?? []).map(({ name }) => name);
    const bad = names.filter((name) => !allowed.includes(name));
    return bad.length ? { reason: 'forbidden sysctls', detail: bad.join(', ') } : undefined;
  };
}

export const windowsHostProcess: PodCheck = ({ spec }) => {
  const bad = badSetters(spec, ({ windowsOptions }) => windowsOptions?.hostProcess === true);
  if (bad === undefined) return undefined;
  return {
    reason: 'hostProcess',
    detail: `${bad} must not set securityContext.windowsOptions.hostProcess=true`,
  };
};

export const runAsNonRoot: PodCheck = ({ spec }) => {
  const reason = 'runAsNonRoot != true';
  const bad = badSetters(spec, (context) => context.runAsNonRoot === false);
  if (bad) return { reason, detail: `${bad} must not set securityContext.runAsNonRoot=false` };
  if (spec.securityContext?.runAsNonRoot) return undefined;
  const silent = badContainers(spec, ({ securityContext }) => securityContext?.runAsNonRoot == null);
  return silent && { reason, detail: `pod or ${silent.text} must set securityContext.runAsNonRoot=true` };
};

export const runAsUser: PodCheck = ({ spec }) => {
  const bad = badSetters(spec, (context) => context.runAsUser === 0);
  if (bad === undefined) return undefined;
  return { reason: 'runAsUser=0', detail: `${bad} must not set runAsUser=0` };
};

/** In a user namespace of its own, a pod's root is nobody outside (KEP-127). */
export function unlessInUserNamespace(check: PodCheck): PodCheck {
  return (pod) => (pod.spec.hostUsers === false ? undefined : check(pod));
}

/** What a Windows pod cannot even set is not asked of it. */
export function unlessWindows(check: PodCheck): PodCheck {
  return (pod: CheckedPod) => (pod.spec.os?.name === 'windows' ? undefined : check(pod));
}
