// Whether the node takes a pod that was bound to it: what the scheduler believed may not be so any more.

import { type Node, type Pod, parseQuantity } from '@kubets/api';
import { amount, podTotals } from '../container/resources.ts';
import type { NodeConfig } from '../node/node_config.ts';
import { isSidecar } from './restart_policy.ts';
import { type Failure, isTerminalPhase } from './status/pod_status.ts';
import { unsafeSysctl } from './sysctl_policy.ts';

export interface AdmitOptions {
  pod: Pod;
  node: NodeConfig;
  /** The pods that the node has already. */
  others: Iterable<Pod>;
  /** The node's labels as they are on the API server, where known. */
  labels?: Node['metadata']['labels'];
}

/** Why the pod is turned away; undefined when it is taken. */
export function refusal(options: AdmitOptions): Failure | undefined {
  const { pod } = options;
  const { spec } = pod;
  const sysctl = unsafeSysctl(pod, options.node.allowedUnsafeSysctls ?? []);
  if (sysctl) return rejected('SysctlForbidden', `forbidden sysctl: ${sysctl}`);
  const { name: os } = spec.os ?? {};
  if (os && os !== 'linux')
    return rejected('PodOSNotSupported', "Failed to admit pod as the OS field doesn't match node OS");
  if (options.labels) {
    const labels = options.labels;
    const fits = Object.entries(spec.nodeSelector ?? {}).every(([key, value]) => labels[key] === value);
    if (!fits) return rejected('NodeAffinity', 'Predicate NodeAffinity failed');
  }
  if (portTaken(options)) {
    return rejected(
      'NodePorts',
      "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports",
    );
  }
  return insufficient(options);
}

/** Whether a port of the node that the pod wants belongs to another pod already. */
function portTaken({ pod, others }: AdmitOptions): boolean {
  const wanted = hostPorts(pod);
  if (wanted.length === 0) return false;
  for (const other of others) {
    if (other.metadata.uid === pod.metadata.uid || isTerminalPhase(other.status?.phase)) continue;
    const taken = hostPorts(other);
    if (wanted.some((port) => taken.some((each) => collide(port, each)))) return true;
  }
  return false;
}

interface HostPort {
  address: string;
  protocol: string;
  port: number;
}

function hostPorts({ spec }: Pod): HostPort[] {
  const sidecars = (spec.initContainers ?? []).filter(isSidecar);
  return [...spec.containers, ...sidecars].flatMap(({ ports }) =>
    (ports ?? [])
      .filter(({ hostPort }) => hostPort)
      .map(({ hostIP, protocol, hostPort }) => ({
        address: hostIP || '0.0.0.0',
        protocol: protocol || 'TCP',
        port: hostPort!,
      })),
  );
}

/** A port on all addresses is one on each of them. */
function collide(a: HostPort, b: HostPort): boolean {
  const anywhere = (address: string) => address === '0.0.0.0' || address === '::';
  return (
    a.port === b.port &&
    a.protocol === b.protocol &&
    (a.address === b.address || anywhere(a.address) || anywhere(b.address))
  );
}

function rejected(reason: string, message: string): Failure {
  return { reason, message: `Pod was rejected: ${message}` };
}

/** What the node has too little of, beside what its other pods ask for. */
export function insufficient({ pod, node, others }: AdmitOptions): Failure | undefined {
  const active = [...others].filter(
    ({ metadata, status }) => metadata.uid !== pod.metadata.uid && !isTerminalPhase(status?.phase),
  );
  const available = node.allocatable ?? node.capacity;
  const maxPods = Number(available['pods'] ?? node.maxPods ?? 110);
  if (active.length + 1 > maxPods) return outOf('pods', 1, active.length, maxPods);
  for (const name of requestedNames(pod)) {
    const requested = podTotals(pod.spec, 'requests', name) ?? 0;
    if (requested === 0) continue;
    const capacity = available[name] === undefined ? 0 : amount(name, available[name]);
    const used = active.reduce((sum, other) => sum + (podTotals(other.spec, 'requests', name) ?? 0), 0);
    if (used + requested > capacity) return outOf(name, requested, used, capacity);
  }
  return undefined;
}

function outOf(resource: string, requested: number, used: number, capacity: number): Failure {
  return rejected(
    `OutOf${resource}`,
    `Node didn't have enough resource: ${resource}, requested: ${requested}, used: ${used}, capacity: ${capacity}`,
  );
}

/** Resources that nodes count; others (claims of devices) are not the kubelet's to refuse here. */
function requestedNames({ spec }: Pod): string[] {
  const names = new Set<string>();
  for (const { resources } of [...spec.containers, ...(spec.initContainers ?? []), spec])
    for (const [name, quantity] of Object.entries((resources as Resources)?.requests ?? {}))
      if (!parseQuantity(quantity).isZero()) names.add(name);
  return [...names];
}

type Resources = { requests?: Record<string, string> } | undefined;
