// The desired state of a node's service traffic, and its next version after a change.
import { type EndpointSlice, objectKey, type Pod, type Service } from '@kubets/api';
import { serviceKeyOf } from '../slices_by_service.ts';
import { planHostPorts } from './plan_host_ports.ts';
import { planService } from './plan_service.ts';
import type { HostPort, NodeRules, RuleSet, ServiceRules } from './rule_set.ts';

/** Everything from scratch. `pods` are those of this node. */
export function planRules(
  services: Iterable<Service>,
  endpointSlices: Iterable<EndpointSlice>,
  node: NodeRules,
  pods: Iterable<Pod> = [],
): RuleSet {
  const slicesOf = new Map<string, EndpointSlice[]>();
  for (const slice of endpointSlices) {
    const key = serviceKeyOf(slice);
    if (!key) continue;
    const slices = slicesOf.get(key);
    if (slices) slices.push(slice);
    else slicesOf.set(key, [slice]);
  }
  const planned = new Map<string, ServiceRules>();
  for (const service of services) {
    const key = objectKey(service);
    const rules = planService(service, slicesOf.get(key) ?? [], node);
    if (rules) planned.set(key, rules);
  }
  const hostPorts = new Map<string, readonly HostPort[]>();
  for (const pod of pods) {
    const ports = planHostPorts(pod);
    if (ports.length > 0) hostPorts.set(objectKey(pod), ports);
  }
  return { node, services: planned, hostPorts };
}

export interface RuleChanges {
  /** Services to plan anew, by key; undefined for one that is gone. */
  services: ReadonlyMap<string, { service: Service; slices: readonly EndpointSlice[] } | undefined>;
  /** Pods likewise. */
  pods: ReadonlyMap<string, Pod | undefined>;
}

/** `previous` with only `changes` planned anew; all other entries keep their identity. */
export function replanRules(previous: RuleSet, changes: RuleChanges): RuleSet {
  const services = changes.services.size > 0 ? new Map(previous.services) : previous.services;
  for (const [key, change] of changes.services) {
    const rules = change && planService(change.service, change.slices, previous.node);
    if (rules) (services as Map<string, ServiceRules>).set(key, rules);
    else (services as Map<string, ServiceRules>).delete(key);
  }
  const hostPorts = changes.pods.size > 0 ? new Map(previous.hostPorts) : previous.hostPorts;
  for (const [key, pod] of changes.pods) {
    const ports = pod ? planHostPorts(pod) : [];
    if (ports.length > 0) (hostPorts as Map<string, readonly HostPort[]>).set(key, ports);
    else (hostPorts as Map<string, readonly HostPort[]>).delete(key);
  }
  return { node: previous.node, services, hostPorts };
}
