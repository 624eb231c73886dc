// Whether the node takes a pod that was bound to it: what the scheduler believed may not be so any more.

import { type Node, type Pod, parseQuantity, type Quantity } from '@kubets/api';
import { matchesNodeAffinity } from '@kubets/controllers/runtime/node_affinity.ts';
import { toleratesAll } from '@kubets/controllers/runtime/taints.ts';
import { isExtended } from '@kubets/resources';
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
  /** The Node object as last seen: its labels, its taints, and the resources that others gave it. */
  known?: Node;
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
  return insufficient(options) ?? unfit(options);
}

/** What speaks against the pod on this node, beside a lack of resources; in upstream's order. */
function unfit(options: AdmitOptions): Failure | undefined {
  const { pod, known } = options;
  if (known && !matchesNodeAffinity(pod.spec, known))
    return unmet('NodeAffinity', "node(s) didn't match Pod's node affinity/selector");
  if (portTaken(options))
    return unmet('NodePorts', "node(s) didn't have free ports for the requested pod ports");
  // Other taints keep pods from being placed here, and this one has been.
  const noExecute = known?.spec?.taints?.filter(({ effect }) => effect === 'NoExecute') ?? [];
  if (!toleratesAll(pod.spec.tolerations, noExecute))
    return unmet('TaintToleration', "node(s) had taints that the pod didn't tolerate");
  return undefined;
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

function unmet(predicate: string, why: string): Failure {
  return rejected(predicate, `Predicate ${predicate} failed: ${why}`);
}

function rejected(reason: string, message: string): Failure {
  return { reason, message: `Pod was rejected: ${message}` };
}

/** What the node has too little of, beside what its other pods ask for. */
export function insufficient({ pod, node, known, others }: AdmitOptions): Failure | undefined {
  const active = [...others].filter(
    ({ metadata, status }) => metadata.uid !== pod.metadata.uid && !isTerminalPhase(status?.phase),
  );
  const available: Readonly<Record<string, Quantity>> = {
    ...known?.status?.allocatable,
    ...(node.allocatable ?? node.capacity),
  };
  const maxPods = Number(available['pods'] ?? node.maxPods ?? 110);
  if (active.length + 1 > maxPods) return outOf('pods', 1, active.length, maxPods);
  for (const name of requestedNames(pod)) {
    const requested = podTotals(pod.spec, 'requests', name) ?? 0;
    if (requested === 0) continue;
    // A resource of the cluster, which no node counts: it is for the scheduler and its extenders.
    if (available[name] === undefined && isExtended(name)) continue;
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
