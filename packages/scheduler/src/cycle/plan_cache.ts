// Plans by what makes pods equal for scheduling. A Deployment of a thousand pods is planned once.
import { defaultSpreadSelector } from '../plugins/default_spread_selector.ts';
import type { SchedulerPlugin } from '../plugins/plugin.ts';
import type { ClusterObjects } from '../state/cluster_objects.ts';
import type { Snapshot } from '../state/cluster_state.ts';
import type { PodInfo } from '../state/pod_info.ts';
import { PodPlan } from './pod_plan.ts';

export interface PlanContext {
  snapshot: Snapshot;
  objects: ClusterObjects;
  plugins: readonly SchedulerPlugin[];
}

/** Each holds some tens of bytes for each node. */
const plansMax = 64;

export class PlanCache {
  readonly #context: PlanContext;
  readonly #plans = new Map<string, PodPlan>();

  constructor(context: PlanContext) {
    this.#context = context;
  }

  planFor(pod: PodInfo): PodPlan {
    const kind = kindOf(pod, this.#context.objects);
    if (kind === undefined) return new PodPlan(pod, this.#context);
    let plan = this.#plans.get(kind);
    this.#plans.delete(kind);
    if (!plan?.catchUp(this.#context.snapshot)) plan = new PodPlan(pod, this.#context);
    this.#plans.set(kind, plan);
    if (this.#plans.size > plansMax)
      for (const oldest of this.#plans.keys()) {
        this.#plans.delete(oldest);
        break;
      }
    return plan;
  }
}

/** Equal texts: equal answers of all plugins. Undefined for pods whose answers depend on objects that may change. */
function kindOf(pod: PodInfo, objects: ClusterObjects): string | undefined {
  const { spec } = pod.pod;
  if (pod.claims.length > 0 || selectsNamespaces(pod)) return undefined;
  const { requests } = pod;
  return JSON.stringify([
    pod.namespace,
    pod.labels,
    spec.nodeName,
    spec.nodeSelector,
    spec.affinity,
    spec.tolerations,
    spec.topologySpreadConstraints,
    pod.hostPorts,
    [requests.milliCpu, requests.memory, requests.ephemeralStorage, ...requests.scalars],
    pod.requestsForScore,
    [...(spec.initContainers ?? []), ...spec.containers].map(({ image }) => image),
    defaultSpreadSelector(pod, objects).map(String),
  ]);
}

function selectsNamespaces({ terms }: PodInfo): boolean {
  const all = [...terms.required, ...terms.requiredAnti, ...terms.preferred, ...terms.preferredAnti];
  return all.some((term) => !term.namespaceSelector.nothing && !term.namespaceSelector.empty);
}
