// How much of a quota an object takes (the evaluators of upstream's pkg/quota).
import {
  type KubeObject,
  type PersistentVolumeClaim,
  type Pod,
  parseQuantity,
  type QuantityValue,
  type ResourceQuota,
  type ResourceV1ResourceClaim,
  type ScopedResourceSelectorRequirement,
  type Service,
} from '@kubets/api';
import type { Ms } from '@kubets/base';
import { addAmounts, aggregateContainers } from '../core/pod/pod_resources.ts';
import { podQosClass } from '../core/pod/qos.ts';

export type Usage = Record<string, string>;

/** `pods`, `services`, `widgets.example.com`: the types whose objects count for a name in `spec.hard`. */
export function countedType(name: string): string {
  if (name.startsWith('count/')) return name.slice('count/'.length);
  if (name === 'services' || name.startsWith('services.')) return 'services';
  if (name === 'persistentvolumeclaims' || name === 'requests.storage' || name.includes(storageClassInfix)) {
    return 'persistentvolumeclaims';
  }
  if (name.endsWith(deviceClassSuffix)) return claimsType;
  if (['replicationcontrollers', 'resourcequotas', 'secrets', 'configmaps'].includes(name)) return name;
  return 'pods';
}

const claimsType = 'resourceclaims.resource.k8s.io';
const deviceClassSuffix = '.deviceclass.resource.k8s.io/devices';
const storageClassInfix = '.storageclass.storage.k8s.io/';

/** What `object`, of a type as `countedType` gives, adds; only to be counted where `isInScope`. */
export function usageOf(type: string, object: KubeObject, now: Ms): Usage {
  const usage: Usage = { [`count/${type}`]: '1' };
  switch (type) {
    case 'pods':
      return { ...usage, ...(stillTakesResources(object as Pod, now) && podUsage(object as Pod)) };
    case 'services':
      return { ...usage, ...serviceUsage(object as Service) };
    case 'persistentvolumeclaims':
      return { ...usage, ...claimUsage(object as PersistentVolumeClaim) };
    case claimsType:
      return { ...usage, ...deviceUsage(object as ResourceV1ResourceClaim) };
    default:
      return { ...usage, [type]: '1' };
  }
}

export interface QuotaWrite {
  operation: string;
  subresource: string;
  object: KubeObject;
  old?: KubeObject;
}

/** Whether the write can change what an object of the type takes: most kinds are only counted. */
export function changesUsage(type: string, { operation, subresource, object, old }: QuotaWrite): boolean {
  const creates = operation === 'CREATE' && subresource === '';
  const updates = operation === 'UPDATE' && subresource === '';
  switch (type) {
    case 'pods':
      if (updates) return hasDeadline(object as Pod) !== hasDeadline(old as Pod);
      return creates || (operation === 'UPDATE' && subresource === 'resize');
    case 'persistentvolumeclaims':
      return creates || updates || (operation === 'UPDATE' && subresource === 'status');
    case 'services':
    case claimsType:
      return creates || updates;
    default:
      return creates;
  }
}

/** Whether all scopes of the quota hold for the object. */
export function isInScope(quota: ResourceQuota, type: string, object: KubeObject): boolean {
  const requirements: ScopedResourceSelectorRequirement[] = [
    ...(quota.spec?.scopes ?? []).map((scopeName) => ({ scopeName, operator: 'Exists' })),
    ...(quota.spec?.scopeSelector?.matchExpressions ?? []),
  ];
  return requirements.every((requirement) => {
    if (type === 'pods') return podInScope(requirement, object as Pod);
    if (type === 'persistentvolumeclaims') return claimInScope(requirement, object as PersistentVolumeClaim);
    return false;
  });
}

/** The sum over all objects, for every name in `spec.hard`. */
export function quotaUsage(
  quota: ResourceQuota,
  objects: ReadonlyMap<string, Iterable<KubeObject>>,
  now: Ms,
): Usage {
  const used = new Map<string, QuantityValue>();
  const hard = Object.keys(quota.spec?.hard ?? {});
  for (const [type, list] of objects) {
    for (const object of list) {
      if (!isInScope(quota, type, object)) continue;
      for (const [name, amount] of Object.entries(usageOf(type, object, now))) {
        if (!hard.includes(name)) continue;
        const value = parseQuantity(amount);
        used.set(name, used.get(name)?.add(value) ?? value);
      }
    }
  }
  return Object.fromEntries(hard.map((name) => [name, used.get(name)?.toString() ?? '0']));
}

/** Finished pods take nothing any more, nor those that should have gone by now. */
function stillTakesResources(pod: Pod, now: Ms): boolean {
  if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') return false;
  const { deletionTimestamp, deletionGracePeriodSeconds } = pod.metadata;
  if (!deletionTimestamp || deletionGracePeriodSeconds === undefined) return true;
  return now <= Date.parse(deletionTimestamp) + deletionGracePeriodSeconds * 1000;
}

function podUsage(pod: Pod): Usage {
  const requests = amountsOf(pod, 'requests');
  const limits = amountsOf(pod, 'limits');
  const usage: Usage = { pods: '1' };
  for (const [name, amount] of Object.entries(requests)) {
    usage[`requests.${name}`] = amount;
    if (['cpu', 'memory', 'ephemeral-storage'].includes(name) || name.startsWith('hugepages-'))
      usage[name] = amount;
  }
  for (const [name, amount] of Object.entries(limits)) usage[`limits.${name}`] = amount;
  return usage;
}

/** An expansion under way counts where it is more than what is asked (KEP-1790); in whole bytes. */
function claimedStorage(asked: string | undefined, allocated: string | undefined): string | undefined {
  if (asked === undefined) return undefined;
  const more = allocated !== undefined && parseQuantity(allocated).cmp(parseQuantity(asked)) > 0;
  return parseQuantity(more ? allocated : asked)
    .roundUp(0)
    .toString();
}

const hasDeadline = ({ spec }: Pod): boolean => spec.activeDeadlineSeconds !== undefined;

function amountsOf({ spec }: Pod, part: 'requests' | 'limits'): Usage {
  const amounts = { ...aggregateContainers(spec, part), ...spec.resources?.[part] };
  if (spec.overhead) addAmounts(amounts, spec.overhead);
  return amounts;
}

function serviceUsage({ spec }: Service): Usage {
  const ports = spec.ports?.length ?? 0;
  const allocated = spec.ports?.filter(({ nodePort }) => nodePort).length ?? 0;
  const usage: Usage = { services: '1', 'services.nodeports': '0', 'services.loadbalancers': '0' };
  if (spec.type === 'NodePort') usage['services.nodeports'] = String(ports);
  if (spec.type === 'LoadBalancer') {
    usage['services.loadbalancers'] = '1';
    usage['services.nodeports'] = String(spec.allocateLoadBalancerNodePorts === false ? allocated : ports);
  }
  return usage;
}

function claimUsage({ spec, status }: PersistentVolumeClaim): Usage {
  const storage = claimedStorage(spec.resources?.requests?.storage, status?.allocatedResources?.storage);
  const usage: Usage = { persistentvolumeclaims: '1', ...(storage && { 'requests.storage': storage }) };
  if (spec.storageClassName) {
    usage[`${spec.storageClassName}${storageClassInfix}persistentvolumeclaims`] = '1';
    if (storage) usage[`${spec.storageClassName}${storageClassInfix}requests.storage`] = storage;
  }
  return usage;
}

/** As many devices as a claim may hold (upstream's AllocationResultsMaxSize): what "all" comes to at worst. */
const mostDevices = 32;

/** By device class; of alternatives the greediest of each class counts (KEP-4816). */
function deviceUsage({ spec }: ResourceV1ResourceClaim): Usage {
  const totals: Record<string, number> = {};
  const amountOf = ({ allocationMode, count }: { allocationMode?: string; count?: number }) =>
    allocationMode === 'All' ? mostDevices : allocationMode === 'ExactCount' ? (count ?? 0) : 0;
  for (const { exactly, firstAvailable = [] } of spec.devices?.requests ?? []) {
    const most: Record<string, number> = {};
    for (const wish of firstAvailable.length > 0 ? firstAvailable : exactly ? [exactly] : [])
      most[wish.deviceClassName] = Math.max(most[wish.deviceClassName] ?? 0, amountOf(wish));
    for (const [name, amount] of Object.entries(most)) totals[name] = (totals[name] ?? 0) + amount;
  }
  return Object.fromEntries(
    Object.entries(totals).map(([name, amount]) => [`${name}${deviceClassSuffix}`, String(amount)]),
  );
}

function podInScope(
  { scopeName, operator, values = [] }: ScopedResourceSelectorRequirement,
  pod: Pod,
): boolean {
  switch (scopeName) {
    case 'Terminating':
      return hasDeadline(pod);
    case 'NotTerminating':
      return !hasDeadline(pod);
    case 'BestEffort':
      return podQosClass(pod.spec) === 'BestEffort';
    case 'NotBestEffort':
      return podQosClass(pod.spec) !== 'BestEffort';
    case 'PriorityClass':
      return matchesName(pod.spec.priorityClassName, operator, values);
    case 'CrossNamespacePodAffinity':
      return usesCrossNamespaceAffinity(pod);
    default:
      return false;
  }
}

function claimInScope(
  { scopeName, operator, values = [] }: ScopedResourceSelectorRequirement,
  claim: PersistentVolumeClaim,
) {
  if (scopeName !== 'VolumeAttributesClass') return false;
  const { spec, status } = claim;
  const names = [
    spec.volumeAttributesClassName,
    status?.currentVolumeAttributesClassName,
    status?.modifyVolumeStatus?.targetVolumeAttributesClassName,
  ].filter(Boolean);
  if (names.length === 0) return matchesName(undefined, operator, values);
  return names.some((name) => matchesName(name, operator, values));
}

function matchesName(name: string | undefined, operator: string, values: readonly string[]): boolean {
  switch (operator) {
    case 'In':
      return Boolean(name) && values.includes(name!);
    case 'NotIn':
      return !name || !values.includes(name);
    case 'Exists':
      return Boolean(name);
    default:
      return !name;
  }
}

function usesCrossNamespaceAffinity({ spec }: Pod): boolean {
  return [spec.affinity?.podAffinity, spec.affinity?.podAntiAffinity].some((affinity) =>
    [
      ...(affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
      ...(affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(
        (term) => term.podAffinityTerm,
      ),
    ].some((term) => (term.namespaces?.length ?? 0) > 0 || term.namespaceSelector !== undefined),
  );
}
