// Checks of what containers may set for themselves.
import type { Container, LifecycleHandler, Probe } from '@kubets/api';
import { badContainers, containersOf, type PodCheck, plural, quoted, sorted } from './finding.ts';

export const privileged: PodCheck = ({ spec }) => {
  const bad = badContainers(spec, ({ securityContext }) => securityContext?.privileged === true);
  return bad && { reason: 'privileged', detail: `${bad.text} must not set securityContext.privileged=true` };
};

export const allowPrivilegeEscalation: PodCheck = ({ spec }) => {
  const bad = badContainers(
    spec,
    (container) => container.securityContext?.allowPrivilegeEscalation !== false,
  );
  return (
    bad && {
      reason: 'allowPrivilegeEscalation != false',
      detail: `${bad.text} must set securityContext.allowPrivilegeEscalation=false`,
    }
  );
};

/** What container runtimes give anyway. */
const defaultCapabilities = new Set(
  'AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT'.split(
    ' ',
  ),
);

export const baselineCapabilities: PodCheck = ({ spec }) => {
  const detail = addedCapabilities(containersOf(spec), defaultCapabilities);
  return detail === undefined ? undefined : { reason: 'non-default capabilities', detail };
};

const bindOnly = new Set(['NET_BIND_SERVICE']);

export const restrictedCapabilities: PodCheck = ({ spec }) => {
  const keeping = badContainers(
    spec,
    ({ securityContext }) => securityContext?.capabilities?.drop?.includes('ALL') !== true,
  );
  const details = [
    keeping && `${keeping.text} must set securityContext.capabilities.drop=["ALL"]`,
    addedCapabilities(containersOf(spec), bindOnly),
  ].filter((detail) => detail !== undefined);
  return details.length ? { reason: 'unrestricted capabilities', detail: details.join('; ') } : undefined;
};

function addedCapabilities(
  containers: readonly Container[],
  allowed: ReadonlySet<string>,
): string | undefined {
  const forbidden = ({ securityContext }: Container) =>
    (securityContext?.capabilities?.add ?? []).filter((name) => !allowed.has(name));
  const adding = containers.filter((container) => forbidden(container).length > 0);
  if (adding.length === 0) return undefined;
  const names = quoted(adding.map(({ name }) => name));
  const capabilities = quoted(sorted(adding.flatMap(forbidden)));
  return `${plural(adding.length, 'container')} ${names} must not include ${capabilities} in securityContext.capabilities.add`;
}

export const procMount: PodCheck = ({ spec }) => {
  const mountOf = ({ securityContext }: Container) => securityContext?.procMount ?? 'Default';
  const bad = badContainers(spec, (container) => mountOf(container) !== 'Default');
  if (!bad) return undefined;
  const types = sorted(containersOf(spec).map(mountOf)).filter((type) => type !== 'Default');
  return {
    reason: 'procMount',
    detail: `${bad.text} must not set securityContext.procMount to ${quoted(types)}`,
  };
};

export const hostPorts: PodCheck = ({ spec }) => {
  const portsOf = ({ ports }: Container) =>
    (ports ?? []).flatMap(({ hostPort }) => (hostPort ? [String(hostPort)] : []));
  const bad = badContainers(spec, (container) => portsOf(container).length > 0);
  if (!bad) return undefined;
  const ports = sorted(containersOf(spec).flatMap(portsOf));
  const uses = plural(bad.count, 'uses', 'use');
  return {
    reason: 'hostPort',
    detail: `${bad.text} ${uses} ${plural(ports.length, 'hostPort')} ${ports.join(', ')}`,
  };
};

/** Probes and hooks go to their own pod: to another host, they would let its user send requests as the kubelet. */
export const probeAndLifecycleHosts: PodCheck = ({ spec }) => {
  const bad = containersOf(spec).filter((container) => hostsOf(container).length > 0);
  if (bad.length === 0) return undefined;
  const names = sorted(bad.map(({ name }) => name));
  const hosts = sorted(bad.flatMap(hostsOf));
  return {
    reason: 'probe or lifecycle host',
    detail: `${plural(names.length, 'container')} ${quoted(names)} ${plural(names.length, 'uses', 'use')} ${plural(hosts.length, 'probe or lifecycle host')} ${quoted(hosts)}`,
  };
};

function hostsOf({ livenessProbe, readinessProbe, startupProbe, lifecycle }: Container): string[] {
  const handlers: (Probe | LifecycleHandler | undefined)[] = [
    livenessProbe,
    readinessProbe,
    startupProbe,
    lifecycle?.postStart,
    lifecycle?.preStop,
  ];
  return handlers.flatMap(
    (handler) => [handler?.httpGet?.host, handler?.tcpSocket?.host].filter((host) => !!host) as string[],
  );
}
