// What a pod asks for and a node has, as numbers.
import { type Container, type Pod, type ResourceRequirements, tryParseQuantity } from '@kubets/api';

export interface Resources {
  milliCpu: number;
  /** Bytes. */
  memory: number;
  /** Bytes. */
  ephemeralStorage: number;
  /** Extended resources, huge pages: whole numbers by name. */
  scalars: ReadonlyMap<string, number>;
}

export interface Allocatable extends Resources {
  pods: number;
}

type ResourceList = Readonly<Record<string, string | number>>;

/** For scores a container that asks for nothing counts as this much, so that such pods spread too. */
const assumedRequests: ResourceList = { cpu: '100m', memory: 200 * 1024 * 1024 };

const noScalars: ReadonlyMap<string, number> = new Map();

/** The request of a pod: sidecars run beside containers, other init containers one after the other (KEP-753). */
export function podRequests(pod: Pod): Resources {
  return toResources(aggregate(pod, {}));
}

/** The same for scores: never nothing. */
export function podRequestsForScore(pod: Pod): { milliCpu: number; memory: number } {
  const { milliCpu, memory } = toResources(aggregate(pod, assumedRequests));
  return { milliCpu, memory };
}

export function allocatableOf(list: ResourceList | undefined): Allocatable {
  const amounts: Amounts = new Map();
  add(amounts, list);
  return { ...toResources(amounts), pods: amounts.get('pods') ?? 0 };
}

/** Amounts by resource name; cpu in thousandths. */
type Amounts = Map<string, number>;

function aggregate(pod: Pod, assumed: ResourceList): Amounts {
  const { spec } = pod;
  const total: Amounts = new Map();
  for (const container of spec.containers) add(total, requestsOf(pod, container, assumed));
  const sidecars: Amounts = new Map();
  const initMax: Amounts = new Map();
  for (const container of spec.initContainers ?? []) {
    const requests = requestsOf(pod, container, assumed);
    const duringStart: Amounts = new Map(sidecars);
    add(duringStart, requests);
    if (container.restartPolicy === 'Always') {
      add(sidecars, requests);
      add(total, requests);
    }
    raise(initMax, duringStart);
  }
  raise(total, initMax);
  for (const [name, quantity] of Object.entries(spec.resources?.requests ?? {}))
    if (isPodLevel(name)) total.set(name, amountOf(name, quantity));
  add(total, spec.overhead);
  return total;
}

/** While a running container is resized (KEP-1287) it counts with the most of what is asked for, granted and used. */
function requestsOf(pod: Pod, container: Container, assumed: ResourceList): Amounts {
  const amounts: Amounts = new Map();
  add(amounts, withAssumed(container.resources, assumed));
  const statuses = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])];
  const status = statuses.find((each) => each.name === container.name);
  if (!status?.resources) return amounts;
  const actual: Amounts = new Map();
  add(actual, status.resources.requests);
  const granted: Amounts = new Map();
  add(granted, status.allocatedResources);
  raise(actual, granted);
  if (isInfeasible(pod)) return actual;
  raise(amounts, actual);
  return amounts;
}

function withAssumed(resources: ResourceRequirements | undefined, assumed: ResourceList): ResourceList {
  return { ...assumed, ...resources?.requests };
}

function isInfeasible(pod: Pod): boolean {
  return !!pod.status?.conditions?.some(
    (condition) => condition.type === 'PodResizePending' && condition.reason === 'Infeasible',
  );
}

/** Resources that may be asked for by the pod as a whole (KEP-2837). */
function isPodLevel(name: string): boolean {
  return name === 'cpu' || name === 'memory' || name.startsWith('hugepages-');
}

function add(amounts: Amounts, more: ResourceList | Amounts | undefined): void {
  if (!more) return;
  if (more instanceof Map)
    for (const [name, amount] of more) amounts.set(name, (amounts.get(name) ?? 0) + amount);
  else
    for (const name of Object.keys(more))
      amounts.set(name, (amounts.get(name) ?? 0) + amountOf(name, (more as ResourceList)[name]!));
}

function raise(amounts: Amounts, other: Amounts): void {
  for (const [name, amount] of other) if (amount > (amounts.get(name) ?? 0)) amounts.set(name, amount);
}

/** Few texts make up nearly all quantities of a cluster. */
const parsed = new Map<string, number>();
const parsedMax = 10_000;

function amountOf(name: string, quantity: string | number): number {
  const key = name === 'cpu' ? `cpu ${quantity}` : String(quantity);
  const known = parsed.get(key);
  if (known !== undefined) return known;
  const value = tryParseQuantity(quantity);
  const amount = value ? (name === 'cpu' ? value.milliValue() : value.value()) : 0;
  if (parsed.size >= parsedMax) parsed.clear();
  parsed.set(key, amount);
  return amount;
}

function toResources(amounts: Amounts): Resources {
  let scalars: Map<string, number> | undefined;
  for (const [name, amount] of amounts) {
    if (name === 'cpu' || name === 'memory' || name === 'ephemeral-storage' || name === 'pods') continue;
    scalars ??= new Map();
    scalars.set(name, amount);
  }
  return {
    milliCpu: amounts.get('cpu') ?? 0,
    memory: amounts.get('memory') ?? 0,
    ephemeralStorage: amounts.get('ephemeral-storage') ?? 0,
    scalars: scalars ?? noScalars,
  };
}
