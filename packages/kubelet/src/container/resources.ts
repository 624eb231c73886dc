// Requests and limits as the kernel takes them: cpu shares and quota, memory limit.
import { type Container, type Pod, type PodSpec, parseQuantity } from '@kubets/api';
import type * as cri from '@kubets/api/generated/cri.ts';
import { oomScoreAdj, qosClass } from './qos.ts';

const minShares = 2;
const maxShares = 262_144;
const quotaPeriodUs = 100_000;
const minQuotaUs = 1000;

export interface ContainerResourcesOptions {
  pod: Pod;
  container: Container;
  memoryCapacityBytes: number;
}

export function containerResources(options: ContainerResourcesOptions): cri.LinuxContainerResources {
  const { pod, container, memoryCapacityBytes } = options;
  const { resources = {} } = container;
  const podLimits = pod.spec.resources?.limits;
  const linux = linuxResources({
    cpuRequest: resources.requests?.['cpu'],
    // A container without a limit of its own is held by the pod's (KEP-2837).
    cpuLimit: resources.limits?.['cpu'] ?? podLimits?.['cpu'],
    memoryLimit: resources.limits?.['memory'] ?? podLimits?.['memory'],
  });
  linux.oomScoreAdj = oomScoreAdj({
    spec: pod.spec,
    container,
    qos: pod.status?.qosClass ?? qosClass(pod.spec),
    memoryCapacityBytes,
  });
  const hugepages = Object.entries(resources.limits ?? {}).filter(([name]) => name.startsWith('hugepages-'));
  if (hugepages.length > 0)
    linux.hugepageLimits = hugepages.map(([name, limit]) => ({
      pageSize: cgroupPageSize(name.slice('hugepages-'.length)),
      limit: parseQuantity(limit).value(),
    }));
  return linux;
}

export interface LinuxResourcesOptions {
  cpuRequest?: string;
  cpuLimit?: string;
  memoryLimit?: string;
}

export function linuxResources(options: LinuxResourcesOptions): cri.LinuxContainerResources {
  const limitMilli = milli(options.cpuLimit);
  const requestMilli = options.cpuRequest === undefined ? limitMilli : milli(options.cpuRequest);
  const linux: cri.LinuxContainerResources = {
    cpuShares: cpuShares(requestMilli),
    cpuPeriod: quotaPeriodUs,
    cpuQuota: limitMilli === 0 ? 0 : Math.max(minQuotaUs, Math.floor((limitMilli * quotaPeriodUs) / 1000)),
  };
  const memory = options.memoryLimit === undefined ? 0 : parseQuantity(options.memoryLimit).value();
  if (memory > 0) linux.memoryLimitInBytes = memory;
  return linux;
}

export function cpuShares(milliCpu: number): number {
  return Math.min(maxShares, Math.max(minShares, Math.floor((milliCpu * 1024) / 1000)));
}

/** All that a pod may take: containers and sidecars together, or its largest init container. */
export function podTotals(spec: PodSpec, kind: 'requests' | 'limits', name: string): number | undefined {
  const own = spec.resources?.[kind]?.[name];
  if (own !== undefined) return amount(name, own);
  const of = (container: Container) => {
    const value = container.resources?.[kind]?.[name];
    return value === undefined ? undefined : amount(name, value);
  };
  let sidecars = 0;
  let largest = 0;
  for (const container of spec.initContainers ?? []) {
    const value = of(container);
    if (value === undefined && kind === 'limits') return undefined;
    if (container.restartPolicy === 'Always') {
      sidecars += value ?? 0;
      largest = Math.max(largest, sidecars);
    } else largest = Math.max(largest, sidecars + (value ?? 0));
  }
  let sum = sidecars;
  for (const container of spec.containers) {
    const value = of(container);
    // One container without a limit makes the pod one without.
    if (value === undefined && kind === 'limits') return undefined;
    sum += value ?? 0;
  }
  const overhead = spec.overhead?.[name];
  return Math.max(sum, largest) + (overhead === undefined ? 0 : amount(name, overhead));
}

/** cpu in thousandths, everything else in whole units. */
export function amount(name: string, quantity: string): number {
  const value = parseQuantity(quantity);
  return name === 'cpu' ? value.milliValue() : value.value();
}

function milli(quantity: string | undefined): number {
  return quantity === undefined ? 0 : parseQuantity(quantity).milliValue();
}

/** `2Mi` is `2MB` in the kernel's names of hugetlb files. */
function cgroupPageSize(size: string): string {
  return size.replace(/i$/, 'B');
}
