// ResourceQuota: what a namespace may use in all. Usage is kept in the quota's status and raised here before the
// object is written, by compare and swap, so that servers beside this one count the same
// (https://kubernetes.io/docs/concepts/policy/resource-quotas/).

import { forbidden, type KubeObject, type Pod, parseQuantity, type ResourceQuota } from '@kubets/api';
import type { Clock } from '@kubets/base';
import { isInScope, type Usage, usageOf } from '@kubets/resources';
import type { AdmissionPlugin, AdmissionRequest, Reader } from '../../access.ts';

export interface ResourceQuotaOptions {
  reader: Reader;
  clock: Clock;
  /** Writes a quota's status; false when somebody else wrote it meanwhile. */
  writeStatus(quota: ResourceQuota): Promise<boolean>;
}

/** As often as upstream tries before it refuses. */
const attempts = 5;
// Finalizers, bindings and the like change no usage.
const counted = new Set(['', 'resize', 'status']);

export function resourceQuota(options: ResourceQuotaOptions): AdmissionPlugin {
  return {
    name: 'ResourceQuota',
    handles: ({ operation, namespace, resource, subresource }) =>
      namespace !== '' &&
      (operation === 'CREATE' ? subresource === '' : operation === 'UPDATE' && counted.has(subresource)) &&
      resource !== 'resourcequotas',
    async validate(request) {
      for (let attempt = 0; attempt < attempts; attempt++) {
        if (await admit(options, request)) return;
      }
      throw forbidden(
        request,
        request.name,
        'the quota was changed by others again and again, please try again',
      );
    },
  };
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
  const object = request.object as KubeObject;
  const asked = increase(
    usageOf(type, object, clock.now()),
    request.old && usageOf(type, request.old, clock.now()),
  );
  const raised: ResourceQuota[] = [];
  const refusals: string[] = [];
  for (const quota of quotas) {
    if (!isInScope(quota, type, object)) continue;
    const hard = quota.status?.hard ?? {};
    if (type === 'pods' && request.operation === 'CREATE') refuseUnspecified(request, quota, object as Pod);
    const names = Object.keys(quota.spec?.hard ?? {})
      .filter((name) => asked[name] !== undefined)
      .sort();
    if (names.length === 0) continue;
    const unknown = names.filter(
      (name) => hard[name] === undefined || quota.status?.used?.[name] === undefined,
    );
    if (unknown.length > 0) {
      throw forbidden(
        request,
        request.name,
        `status unknown for quota: ${quota.metadata.name}, resources: ${unknown.join(',')}`,
      );
    }
    const used = quota.status!.used!;
    const next: Usage = { ...used };
    for (const name of names)
      next[name] = parseQuantity(used[name]!).add(parseQuantity(asked[name]!)).toString();
    const over = names.filter((name) => parseQuantity(next[name]!).cmp(parseQuantity(hard[name]!)) > 0);
    if (over.length > 0) {
      const list = (values: Usage) => over.map((name) => `${name}=${values[name]}`).join(',');
      refusals.push(
        `exceeded quota: ${quota.metadata.name}, requested: ${list(asked)}, used: ${list(used)}, limited: ${list(hard)}`,
      );
      continue;
    }
    raised.push({ ...quota, status: { ...quota.status, used: next } });
  }
  if (refusals.length > 0) throw forbidden(request, request.name, refusals.join('\n'));
  if (request.dryRun) return true;
  for (const quota of raised) if (!(await writeStatus(quota))) return false;
  return true;
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

/** Where a quota counts CPU or memory, each container must say how much it wants. */
function refuseUnspecified(request: AdmissionRequest, quota: ResourceQuota, { spec }: Pod): void {
  const missing: string[] = [];
  for (const name of computed.filter((each) => quota.spec?.hard?.[each] !== undefined)) {
    const part = name.startsWith('limits.') ? 'limits' : 'requests';
    const resource = name.slice(name.indexOf('.') + 1);
    if (spec.resources?.[part]?.[resource] !== undefined) continue;
    const without = [...spec.containers, ...(spec.initContainers ?? [])]
      .filter((container) => container.resources?.[part]?.[resource] === undefined)
      .map((container) => container.name);
    if (without.length > 0) missing.push(`${name} for: ${without.join(',')}`);
  }
  if (missing.length === 0) return;
  throw forbidden(
    request,
    request.name,
    `failed quota: ${quota.metadata.name}: must specify ${missing.join('; ')}`,
  );
}
