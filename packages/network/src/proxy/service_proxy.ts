// Keeps the kernel's rules for Services and host ports as the API says.
import { type EndpointSlice, type Node, objectKey, type Pod, type Service } from '@kubets/api';
import {
  aborted,
  Backoff,
  type Clock,
  type Component,
  errorMessage,
  type Logger,
  type Ms,
} from '@kubets/base';
import { type Informer, type Informers, refs } from '@kubets/client';
import { serviceKeyOf, slicesByService } from '../slices_by_service.ts';
import { planRules, type RuleChanges, replanRules } from './plan_rules.ts';
import type { NodeRules, RuleBackend, RuleSet, ServiceRules } from './rule_set.ts';
import { type StaleFlow, staleUdpFlows } from './stale_flows.ts';

export interface ServiceProxyOptions {
  informers: Informers;
  backend: RuleBackend;
  clock: Clock;
  log: Logger;
  /** Everything about the node but its zone, which its Node object tells. */
  node: Omit<NodeRules, 'zone'>;
  /** Gets the Services with a health check node port after each change. */
  onHealthChecks?: (services: ReadonlyMap<string, HealthCheck>) => void;
  /** Forgets UDP flows to endpoints that are gone. */
  forgetFlows?: (flows: readonly StaleFlow[]) => Promise<void>;
  /** Changes that come closer together than this are applied together; the first one at once. Default 50. */
  intervalMs?: Ms;
}

export type HealthCheck = NonNullable<ServiceRules['healthCheck']>;

const zoneLabel = 'topology.kubernetes.io/zone';

/** Create before the informers run. Rules stay when it stops: `backend.remove()` takes them away. */
export function serviceProxy(options: ServiceProxyOptions): Component {
  const { informers, node } = options;
  const slices = informers.for(refs.endpointSlices);
  const sources: Sources = {
    services: informers.for(refs.services),
    slices,
    slicesOf: slicesByService(slices),
    pods: informers.for(refs.pods, { fieldSelector: `spec.nodeName=${node.name}` }),
    nodes: informers.for(refs.nodes, { fieldSelector: `metadata.name=${node.name}` }),
  };
  return { name: 'service-proxy', run: (signal) => run(options, sources, signal) };
}

interface Sources {
  services: Informer<Service>;
  slices: Informer<EndpointSlice>;
  slicesOf: (serviceKey: string) => readonly EndpointSlice[];
  pods: Informer<Pod>;
  nodes: Informer<Node>;
}

async function run(options: ServiceProxyOptions, sources: Sources, signal: AbortSignal): Promise<void> {
  const { clock, log, backend, intervalMs = 50 } = options;
  const synced = [sources.services, sources.slices, sources.pods, sources.nodes].map((each) => each.synced());
  await Promise.race([Promise.all(synced), aborted(signal)]);
  if (signal.aborted) return;
  const changes = collectChanges(sources, signal);
  const backoff = new Backoff({ initialMs: 1000, maxMs: 30_000 });
  let rules: RuleSet | undefined;
  let applied: RuleSet | undefined;
  while (!signal.aborted) {
    rules = nextRules(rules, changes, sources, options.node);
    try {
      await backend.apply(rules);
      backoff.forget('apply');
      options.onHealthChecks?.(healthChecksOf(rules));
      const flows = applied ? staleUdpFlows(applied, rules) : [];
      applied = rules;
      if (flows.length > 0) await options.forgetFlows?.(flows);
      await clock.sleep(intervalMs, signal).catch(() => {});
      await changes.next();
    } catch (error) {
      log.error('service rules not applied', { error: errorMessage(error) });
      await clock.sleep(backoff.next('apply'), signal).catch(() => {});
    }
  }
}

function nextRules(
  previous: RuleSet | undefined,
  changes: Changes,
  sources: Sources,
  node: ServiceProxyOptions['node'],
): RuleSet {
  const { services, pods } = changes.take();
  const zone = sources.nodes.get(node.name)?.metadata.labels?.[zoneLabel];
  if (!previous || previous.node.zone !== zone)
    return planRules(
      sources.services.list(),
      sources.slices.list(),
      { ...node, ...(zone !== undefined && { zone }) },
      sources.pods.list(),
    );
  const replanned: RuleChanges = {
    services: new Map(
      [...services].map((key) => {
        const service = sources.services.get(key);
        return [key, service && { service, slices: sources.slicesOf(key) }];
      }),
    ),
    pods: new Map([...pods].map((key) => [key, sources.pods.get(key)])),
  };
  return replanRules(previous, replanned);
}

interface Changes {
  /** The keys that changed since the last call. */
  take(): { services: ReadonlySet<string>; pods: ReadonlySet<string> };
  /** Resolves when there is a change to take, or the signal aborts. */
  next(): Promise<void>;
}

/** Holds each changed key once, so it is bounded by the number of objects. */
function collectChanges(sources: Sources, signal: AbortSignal): Changes {
  let services = new Set<string>();
  let pods = new Set<string>();
  let changed = false;
  let wake = () => {};
  const mark = () => {
    changed = true;
    wake();
  };
  signal.addEventListener('abort', mark, { once: true });
  sources.services.onChange((service, old) => {
    services.add(objectKey((service ?? old)!));
    mark();
  });
  sources.slices.onChange((slice, old) => {
    for (const each of [slice, old]) {
      const key = each && serviceKeyOf(each);
      if (key) services.add(key);
    }
    mark();
  });
  sources.pods.onChange((pod, old) => {
    if (!hasHostPort(pod) && !hasHostPort(old)) return;
    pods.add(objectKey((pod ?? old)!));
    mark();
  });
  sources.nodes.onChange((node, old) => {
    if (node?.metadata.labels?.[zoneLabel] !== old?.metadata.labels?.[zoneLabel]) mark();
  });
  return {
    take() {
      const taken = { services, pods };
      services = new Set();
      pods = new Set();
      changed = false;
      return taken;
    },
    next: () =>
      new Promise((resolve) => {
        wake = resolve;
        if (changed) resolve();
      }),
  };
}

function hasHostPort(pod: Pod | undefined): boolean {
  return !!pod?.spec.containers.some((container) => container.ports?.some((port) => port.hostPort));
}

function healthChecksOf(rules: RuleSet): Map<string, HealthCheck> {
  const checks = new Map<string, HealthCheck>();
  for (const [key, { healthCheck }] of rules.services) if (healthCheck) checks.set(key, healthCheck);
  return checks;
}
