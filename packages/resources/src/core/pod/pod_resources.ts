// How much a pod asks for in all (KEP-753 sidecars, KEP-2837 pod-level resources).
import { type Container, type PodSpec, parseQuantity } from '@kubets/api';
import type { Amounts } from '../../rules/quantities.ts';
import { canOvercommit, isHugePages } from '../resource_names.ts';

type Part = 'requests' | 'limits';

/**
 * What the containers need together: all that run at one time are added up, and init containers, which run
 * before, one by one beside the sidecars started so far, count where they need more.
 */
export function aggregateContainers(spec: PodSpec, part: Part): Amounts {
  const total: Amounts = {};
  const sidecars: Amounts = {};
  const peak: Amounts = {};
  for (const container of spec.containers ?? []) addAmounts(total, container.resources?.[part]);
  for (const container of spec.initContainers ?? []) {
    const own = container.resources?.[part] ?? {};
    if (isSidecar(container)) {
      addAmounts(total, own);
      addAmounts(sidecars, own);
      raiseTo(peak, sidecars);
    } else {
      const beside = { ...sidecars };
      addAmounts(beside, own);
      raiseTo(peak, beside);
    }
  }
  raiseTo(total, peak);
  return total;
}

export function isSidecar(container: Container): boolean {
  return container.restartPolicy === 'Always';
}

/** CPU, memory and huge pages can be set for the pod as a whole. */
export function isPodLevelResource(name: string): boolean {
  return name === 'cpu' || name === 'memory' || isHugePages(name);
}

export function defaultPodLevelResources(spec: PodSpec): void {
  const resources = spec.resources;
  if (!resources) return;
  const has = (amounts: Amounts | undefined) => Object.keys(amounts ?? {}).length > 0;
  if (has(resources.limits) || has(resources.requests)) {
    const limits = { ...resources.limits };
    for (const [name, amount] of Object.entries(aggregateContainers(spec, 'limits')))
      if (isHugePages(name) && !resources.requests?.[name]) limits[name] ??= amount;
    if (has(limits)) resources.limits = limits;
  }
  if (!has(resources.limits)) return;
  const requests = { ...resources.requests };
  for (const [name, amount] of Object.entries(aggregateContainers(spec, 'requests')))
    if (isPodLevelResource(name) && canOvercommit(name)) requests[name] ??= amount;
  for (const [name, amount] of Object.entries(resources.limits!))
    if (isPodLevelResource(name)) requests[name] ??= amount;
  if (has(requests)) resources.requests = requests;
}

export function addAmounts(total: Amounts, more: Amounts | undefined): void {
  for (const [name, amount] of Object.entries(more ?? {}))
    total[name] =
      total[name] === undefined ? amount : parseQuantity(total[name]!).add(parseQuantity(amount)).toString();
}

function raiseTo(total: Amounts, floor: Amounts): void {
  for (const [name, amount] of Object.entries(floor))
    if (total[name] === undefined || parseQuantity(amount).cmp(parseQuantity(total[name]!)) > 0)
      total[name] = amount;
}
