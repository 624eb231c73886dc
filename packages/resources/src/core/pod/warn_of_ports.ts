import type { ContainerPort, PodSpec } from '@kubets/api';
import { containersWithPath } from './containers_with_path.ts';

interface Placed {
  port: ContainerPort;
  at: string;
}

/** Containers of a pod share an address: the same port twice is a mistake, or soon one. */
export function warnOfPorts(spec: PodSpec, path: string): string[] {
  const ports: Placed[] = containersWithPath(spec, path).flatMap(({ container, at }) =>
    (container.ports ?? []).map((port, i) => ({ port, at: `${at}.ports[${i}]` })),
  );
  return [
    ...ports.flatMap((placed, i) => [
      ...warnOfHostIp(placed),
      ...ports.slice(0, i).flatMap((earlier) => warnOfPair(placed, earlier)),
    ]),
    ...ports.flatMap(({ port: { name }, at }, i) => {
      const first = ports.slice(0, i).find((earlier) => name && earlier.port.name === name);
      return first
        ? [
            `${at}: duplicate port name ${JSON.stringify(name)} with ${first.at}, services and probes that select ports by name will use ${first.at}`,
          ]
        : [];
    }),
  ];
}

function warnOfHostIp({ port, at }: Placed): string[] {
  const { name = '', hostPort = 0, containerPort, protocol = 'TCP', hostIP } = port;
  return hostIP && !hostPort
    ? [
        `${at}: hostIP set without hostPort: {Name:${name} HostPort:${hostPort} ContainerPort:${containerPort} Protocol:${protocol} HostIP:${hostIP}}`,
      ]
    : [];
}

function warnOfPair({ port, at }: Placed, { port: other, at: otherAt }: Placed): string[] {
  const protocol = (each: ContainerPort) => each.protocol ?? 'TCP';
  if (port.containerPort !== other.containerPort || protocol(port) !== protocol(other)) return [];
  const [hostPort, otherHostPort] = [port.hostPort ?? 0, other.hostPort ?? 0];
  const [hostIp, otherHostIp] = [port.hostIP ?? '', other.hostIP ?? ''];
  if (hostIp === otherHostIp && hostPort === otherHostPort)
    return [`${at}: duplicate port definition with ${otherAt}`];
  if (!hostPort || !otherHostPort) return [`${at}: overlapping port definition with ${otherAt}`];
  return hostPort === otherHostPort && (hostIp === '') !== (otherHostIp === '')
    ? [`${at}: dangerously ambiguous port definition with ${otherAt}`]
    : [];
}
