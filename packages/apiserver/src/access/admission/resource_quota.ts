// ResourceQuota: what a namespace may use in all. Usage is kept in the quota's status and raised here before the
// object is written, by compare and swap, so that servers beside this one count the same
// (https://kubernetes.io/docs/concepts/policy/resource-quotas/).

import { type KubeObject, type Pod, parseQuantity, type ResourceQuota } from '@kubets/api';
import type { Clock } from '@kubets/base';
import {
  changesUsage,
  countedType,
  isInScope,
  isPodLevelResource,
  type Usage,
  usageOf,
} from '@kubets/resources';
import type { AdmissionPlugin, AdmissionRequest, Reader } from '../../access.ts';
import { refusal } from './refusal.ts';

export interface ResourceQuotaOptions {
  reader: Reader;
  clock: Clock;
  /** Writes a quota's status; false when somebody else wrote it meanwhile. */
  writeStatus(quota: ResourceQuota): Promise<boolean>;
}

/** As often as upstream tries before it refuses. */
const attempts = 5;
/** What is never stored, and events, which would fill any quota. */
const uncounted = /^(bindings|componentstatuses|events|\w+reviews)$/;

export function resourceQuota(options: ResourceQuotaOptions): AdmissionPlugin {
  return {
    name: 'ResourceQuota',
    handles: ({ operation, namespace, resource }) =>
      namespace !== '' && (operation === 'CREATE' || operation === 'UPDATE') && !uncounted.test(resource),
    validate(request) {
      // Most namespaces have none: nothing to wait for.
      if (options.reader.list('', 'resourcequotas', request.namespace).length === 0) return undefined;
      return admitWithin(options, request);
    },
  };
}

async function admitWithin(options: ResourceQuotaOptions, request: AdmissionRequest): Promise<void> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (await admit(options, request)) return;
  }
  throw refusal(request, 'the quota was changed by others again and again, please try again');
}

/** False when a quota was changed by somebody else: look again. */
async function admit(
  { reader, clock, writeStatus }: ResourceQuotaOptions,
  request: AdmissionRequest,
): Promise<boolean> {
  const { group, resource, namespace } = request;
  const quotas = reader.list<ResourceQuota>('', 'resourcequotas', namespace);
  if (quotas.length === 0) return true;
  const type = group === '' ? resource : `${resource}.${group}`;
  if (!changesUsage(type, request)) return true;
  const object = request.object as KubeObject;
  const old = request.operation === 'UPDATE' ? (request.old as KubeObject) : undefined;
  const interesting: { quota: ResourceQuota; names: string[] }[] = [];
  for (const quota of quotas) {
    const names = Object.keys(quota.status?.hard ?? {})
      .filter((name) => countedType(name) === type)
      .sort();
    if (names.length === 0 || !isInScope(quota, type, object)) continue;
    if (type === 'pods') refuseUnspecified(request, quota, names, object as Pod);
    if (names.some((name) => quota.status!.used?.[name] === undefined)) {
      throw refusal(
        request,
        `status unknown for quota: ${quota.metadata.name}, resources: ${names.join(',')}`,
      );
    }
    interesting.push({ quota, names });
  }
  if (interesting.length === 0) return true;
  const usage = usageOf(type, object, clock.now());
  const before = old && usageOf(type, old, clock.now());
  const raised: ResourceQuota[] = [];
  for (const { quota, names } of interesting) {
    // An object that comes into a quota's scope by its change is new to that quota.
    const asked = increase(usage, old && isInScope(quota, type, old) ? before : undefined);
    const next = raise(request, quota, names, asked);
    if (next) raised.push(next);
  }
  if (request.dryRun) return true;
  for (const quota of raised) if (!(await writeStatus(quota))) return false;
  return true;
}

/** The quota with what is asked added to its usage; undefined where that is nothing. */
function raise(
  request: AdmissionRequest,
  quota: ResourceQuota,
  hardNames: readonly string[],
  asked: Usage,
): ResourceQuota | undefined {
  const names = hardNames.filter((name) => asked[name] !== undefined);
  if (names.length === 0) return undefined;
  const hard = quota.status!.hard!;
  const used = quota.status!.used!;
  const next: Usage = { ...used };
  for (const name of names)
    next[name] = parseQuantity(used[name]!).add(parseQuantity(asked[name]!)).toString();
  const over = names.filter((name) => parseQuantity(next[name]!).cmp(parseQuantity(hard[name]!)) > 0);
  // A status tells what has come to pass already: it is counted, not refused.
  if (over.length > 0 && request.subresource !== 'status') {
    const list = (values: Usage) => over.map((name) => `${name}=${values[name]}`).join(',');
    throw refusal(
      request,
      `exceeded quota: ${quota.metadata.name}, requested: ${list(asked)}, used: ${list(used)}, limited: ${list(hard)}`,
    );
  }
  return { ...quota, status: { ...quota.status, used: next } };
}

/** What comes on top of what the object took before; names that do not grow are left out. */
function increase(next: Usage, old: Usage | undefined): Usage {
  const more: Usage = {};
  for (const [name, amount] of Object.entries(next)) {
    const before = old?.[name];
    const difference =
      before === undefined ? parseQuantity(amount) : parseQuantity(amount).sub(parseQuantity(before));
    if (difference.sign() > 0) more[name] = difference.toString();
  }
  return more;
}

const computed = ['cpu', 'memory', 'limits.cpu', 'limits.memory', 'requests.cpu', 'requests.memory'];

/** Where a quota counts CPU or memory, each container must say how much it wants, or the pod as a whole. */
function refuseUnspecified(
  request: AdmissionRequest,
  quota: ResourceQuota,
  names: readonly string[],
  { spec }: Pod,
): void {
  if (setsPodLevelResources(spec)) return;
  const missing: string[] = [];
  for (const name of names.filter((each) => computed.includes(each))) {
    const part = name.startsWith('limits.') ? 'limits' : 'requests';
    const resource = name.slice(name.indexOf('.') + 1);
    const without = [...spec.containers, ...(spec.initContainers ?? [])]
      .filter((container) => container.resources?.[part]?.[resource] === undefined)
      .map((container) => container.name);
    if (without.length > 0) missing.push(`${name} for: ${without.sort().join(',')}`);
  }
  if (missing.length === 0) return;
  throw refusal(request, `failed quota: ${quota.metadata.name}: must specify ${missing.join('; ')}`);
}

function setsPodLevelResources({ resources }: Pod['spec']): boolean {
  return Object.keys({ ...resources?.requests, ...resources?.limits }).some(isPodLevelResource);
}
