// Environment variables that tell containers where services are, from before there was DNS.
import type { Service } from '@kubets/api';

export interface ServiceEnvOptions {
  services: Iterable<Service>;
  /** Of the pod. */
  namespace: string;
  enableServiceLinks: boolean;
}

/** Of the services of the pod's namespace where it wants them, and always of default/kubernetes. */
export function serviceEnv({
  services,
  namespace,
  enableServiceLinks,
}: ServiceEnvOptions): Map<string, string> {
  const chosen = new Map<string, Service>();
  for (const service of services) {
    const { name, namespace: home } = service.metadata;
    const ip = service.spec?.clusterIP;
    if (!ip || ip === 'None') continue;
    if (home === 'default' && name === 'kubernetes') {
      if (!chosen.has(name)) chosen.set(name, service);
    } else if (home === namespace && enableServiceLinks) chosen.set(name, service);
  }
  const env = new Map<string, string>();
  for (const service of chosen.values()) addVariables(env, service);
  return env;
}

function addVariables(env: Map<string, string>, service: Service): void {
  const prefix = variableName(service.metadata.name);
  const ip = service.spec!.clusterIP!;
  const ports = service.spec!.ports ?? [];
  if (ports.length === 0) return;
  env.set(`${prefix}_SERVICE_HOST`, ip);
  env.set(`${prefix}_SERVICE_PORT`, String(ports[0]!.port));
  for (const { name, port } of ports)
    if (name) env.set(`${prefix}_SERVICE_PORT_${variableName(name)}`, String(port));
  // The names that Docker links had.
  const host = ip.includes(':') ? `[${ip}]` : ip;
  ports.forEach(({ port, protocol = 'TCP' }, i) => {
    const url = `${protocol.toLowerCase()}://${host}:${port}`;
    if (i === 0) env.set(`${prefix}_PORT`, url);
    const portPrefix = `${prefix}_PORT_${port}_${protocol.toUpperCase()}`;
    env.set(portPrefix, url);
    env.set(`${portPrefix}_PROTO`, protocol.toLowerCase());
    env.set(`${portPrefix}_PORT`, String(port));
    env.set(`${portPrefix}_ADDR`, ip);
  });
}

function variableName(name: string): string {
  return name.toUpperCase().replaceAll('-', '_');
}
