// UDP has no connections, so the kernel would keep sending a client's datagrams to an endpoint that is gone.
import type { HostPort, RuleSet, ServiceRules, Target } from './rule_set.ts';

/** Datagrams that were sent on to this target. */
export type StaleFlow = Target;

/** UDP targets that `before` had and `after` has no more. */
export function staleUdpFlows(before: RuleSet, after: RuleSet): StaleFlow[] {
  const gone = new Map<string, StaleFlow>();
  for (const [key, service] of before.services)
    if (after.services.get(key) !== service)
      compare(udpTargets(service), udpTargets(after.services.get(key)), gone);
  for (const [key, ports] of before.hostPorts)
    if (after.hostPorts.get(key) !== ports)
      compare(udpHostTargets(ports), udpHostTargets(after.hostPorts.get(key)), gone);
  return [...gone.values()];
}

function compare(before: Target[], after: Target[], gone: Map<string, StaleFlow>): void {
  const kept = new Set(after.map(textOf));
  for (const target of before) if (!kept.has(textOf(target))) gone.set(textOf(target), target);
}

function udpTargets(service: ServiceRules | undefined): Target[] {
  const ports = service?.ports.filter((port) => port.protocol === 'UDP') ?? [];
  return ports.flatMap((port) => [...port.everywhere, ...port.here]);
}

function udpHostTargets(hostPorts: readonly HostPort[] | undefined): Target[] {
  return hostPorts?.filter((port) => port.protocol === 'UDP').map((port) => port.target) ?? [];
}

function textOf(target: Target): string {
  return `${target.address} ${target.port}`;
}
