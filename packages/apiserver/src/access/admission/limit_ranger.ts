// LimitRange: defaults for containers that say nothing, and bounds for those that do.
import {
  type Container,
  forbidden,
  type LimitRange,
  type LimitRangeItem,
  type PodSpec,
  parseQuantity,
  type QuantityValue,
} from '@kubets/api';
import type { AdmissionPlugin, AdmissionRequest, Reader } from '../../access.ts';

type Resources = Record<string, string>;

export function limitRanger(reader: Reader): AdmissionPlugin {
  const limitsOf = (request: AdmissionRequest) =>
    reader
      .list<LimitRange>('', 'limitranges', request.namespace)
      .flatMap((range) => range.spec?.limits ?? []);
  return {
    name: 'LimitRanger',
    handles: ({ operation, group, resource, subresource }) =>
      operation === 'CREATE' &&
      group === '' &&
      subresource === '' &&
      (resource === 'pods' || resource === 'persistentvolumeclaims'),
    admit(request) {
      if (request.resource !== 'pods') return;
      const spec: PodSpec = request.object.spec;
      for (const limit of limitsOf(request)) {
        if (limit.type !== 'Container') continue;
        for (const container of [...spec.containers, ...(spec.initContainers ?? [])])
          giveDefaults(container, limit);
      }
    },
    validate(request) {
      const problems = limitsOf(request).flatMap((limit) => problemsOf(request, limit));
      if (problems.length === 0) return;
      const text = problems.length === 1 ? problems[0]! : `[${problems.join(', ')}]`;
      throw forbidden(request, request.name, text);
    },
  };
}

function giveDefaults(container: Container, limit: LimitRangeItem): void {
  const limits = { ...limit.default, ...container.resources?.limits };
  const requests: Resources = { ...container.resources?.requests };
  for (const [name, value] of Object.entries(limit.defaultRequest ?? {})) requests[name] ??= value;
  // A limit without a request is the request too; that default was taken before, when only the limit was known.
  for (const [name, value] of Object.entries(limits)) requests[name] ??= value;
  if (Object.keys(limits).length === 0 && Object.keys(requests).length === 0) return;
  container.resources = {
    ...container.resources,
    ...(Object.keys(limits).length > 0 && { limits }),
    ...(Object.keys(requests).length > 0 && { requests }),
  };
}

function problemsOf(request: AdmissionRequest, limit: LimitRangeItem): string[] {
  if (request.resource === 'persistentvolumeclaims') {
    if (limit.type !== 'PersistentVolumeClaim') return [];
    return boundProblems('PersistentVolumeClaim', limit, request.object.spec.resources?.requests ?? {}, {});
  }
  const spec: PodSpec = request.object.spec;
  const all = [...spec.containers, ...(spec.initContainers ?? [])];
  if (limit.type === 'Container') {
    return all.flatMap((item) =>
      boundProblems('Container', limit, item.resources?.requests ?? {}, item.resources?.limits ?? {}),
    );
  }
  if (limit.type === 'Pod')
    return boundProblems('Pod', limit, podSum(spec, 'requests'), podSum(spec, 'limits'));
  return [];
}

function boundProblems(
  type: string,
  limit: LimitRangeItem,
  requests: Resources,
  limits: Resources,
): string[] {
  const problems: string[] = [];
  for (const [name, least] of Object.entries(limit.min ?? {})) {
    const what = `minimum ${name} usage per ${type} is ${least}`;
    if (requests[name] === undefined) problems.push(`${what}.  No request is specified`);
    else if (less(requests[name], least)) problems.push(`${what}, but request is ${requests[name]}`);
    else if (limits[name] !== undefined && less(limits[name], least))
      problems.push(`${what}, but limit is ${limits[name]}`);
  }
  for (const [name, most] of Object.entries(limit.max ?? {})) {
    const what = `maximum ${name} usage per ${type} is ${most}`;
    const bound = type === 'PersistentVolumeClaim' ? requests[name] : limits[name];
    if (bound === undefined)
      problems.push(`${what}.  No ${type === 'PersistentVolumeClaim' ? 'request' : 'limit'} is specified`);
    else if (less(most, bound))
      problems.push(`${what}, but ${type === 'PersistentVolumeClaim' ? 'request' : 'limit'} is ${bound}`);
    else if (requests[name] !== undefined && less(most, requests[name])) {
      problems.push(`${what}, but request is ${requests[name]}`);
    }
  }
  for (const [name, ratio] of Object.entries(limit.maxLimitRequestRatio ?? {})) {
    const request = requests[name];
    const bound = limits[name];
    const what = `${name} max limit to request ratio per ${type} is ${ratio}`;
    if (request === undefined || bound === undefined) {
      problems.push(
        `${what}, but no ${request === undefined ? 'request' : 'limit'} is specified or ${request === undefined ? 'request' : 'limit'} is 0`,
      );
    } else {
      const actual = parseQuantity(bound).milliValue() / parseQuantity(request).milliValue();
      if (actual > parseQuantity(ratio).milliValue() / 1000)
        problems.push(`${what}, but provided ratio is ${actual.toFixed(6)}`);
    }
  }
  return problems;
}

/** A pod's total: its containers together, or its largest init container where that is more. */
function podSum(spec: PodSpec, part: 'requests' | 'limits'): Resources {
  const sum = new Map<string, QuantityValue>();
  for (const container of spec.containers) {
    for (const [name, value] of Object.entries(container.resources?.[part] ?? {})) {
      const quantity = parseQuantity(value);
      sum.set(name, sum.get(name)?.add(quantity) ?? quantity);
    }
  }
  for (const container of spec.initContainers ?? []) {
    for (const [name, value] of Object.entries(container.resources?.[part] ?? {})) {
      const quantity = parseQuantity(value);
      const so = sum.get(name);
      if (!so || so.cmp(quantity) < 0) sum.set(name, quantity);
    }
  }
  return Object.fromEntries([...sum].map(([name, value]) => [name, value.toString()]));
}

function less(a: string, b: string): boolean {
  return parseQuantity(a).cmp(parseQuantity(b)) < 0;
}
