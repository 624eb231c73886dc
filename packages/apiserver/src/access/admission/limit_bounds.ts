// What a LimitRange allows: least, most, and how far a limit may lie above its request.
import {
  type LimitRangeItem,
  type PersistentVolumeClaim,
  type Pod,
  type PodSpec,
  parseQuantity,
  type QuantityValue,
} from '@kubets/api';
import { aggregateContainers } from '@kubets/resources';

export type Amounts = Record<string, string>;

interface Asked {
  requests: Amounts;
  limits: Amounts;
}

export function claimProblems({ spec }: PersistentVolumeClaim, limits: readonly LimitRangeItem[]): string[] {
  const asked = { requests: spec.resources?.requests ?? {}, limits: {} };
  return limits
    .filter(({ type }) => type === 'PersistentVolumeClaim')
    .flatMap((item) => [
      ...problemsOf(item, item.min, asked, tooLittle),
      ...problemsOf(item, item.max, asked, tooMuchStorage),
    ]);
}

export function podProblems({ spec }: Pod, limits: readonly LimitRangeItem[]): string[] {
  return limits.flatMap((item) =>
    askedOf(spec, item.type).flatMap((asked) => [
      ...problemsOf(item, item.min, asked, tooLittle),
      ...problemsOf(item, item.max, asked, tooMuch),
      ...problemsOf(item, item.maxLimitRequestRatio, asked, tooFarApart),
    ]),
  );
}

function askedOf(spec: PodSpec, type: string): Asked[] {
  if (type === 'Container')
    return [...spec.containers, ...(spec.initContainers ?? [])].map(({ resources }) => ({
      requests: resources?.requests ?? {},
      limits: resources?.limits ?? {},
    }));
  if (type === 'Pod') return [{ requests: inAll(spec, 'requests'), limits: inAll(spec, 'limits') }];
  return [];
}

function inAll(spec: PodSpec, part: 'requests' | 'limits'): Amounts {
  const amounts = aggregateContainers(spec, part);
  // What is said of the pod as a whole counts for it (KEP-2837).
  for (const name of ['cpu', 'memory'] as const) {
    const own = spec.resources?.[part]?.[name];
    if (own !== undefined) amounts[name] = own;
  }
  return amounts;
}

interface Bound {
  name: string;
  type: string;
  text: string;
  value: QuantityValue;
}

/** Undefined: within the bound. */
type Problem = (bound: Bound, request: string | undefined, limit: string | undefined) => string | undefined;

function problemsOf(
  { type }: LimitRangeItem,
  bounds: Amounts | undefined,
  { requests, limits }: Asked,
  find: Problem,
): string[] {
  return Object.entries(bounds ?? {}).flatMap(([name, text]) => {
    const bound = { name, type, text, value: parseQuantity(text) };
    return find(bound, requests[name], limits[name]) ?? [];
  });
}

const tooLittle: Problem = ({ name, type, text, value }, request, limit) => {
  const what = `minimum ${name} usage per ${type} is ${text}`;
  if (request === undefined) return `${what}.  No request is specified`;
  if (parseQuantity(request).cmp(value) < 0) return `${what}, but request is ${request}`;
  if (limit !== undefined && parseQuantity(limit).cmp(value) < 0) return `${what}, but limit is ${limit}`;
  return undefined;
};

const tooMuch: Problem = ({ name, type, text, value }, request, limit) => {
  const what = `maximum ${name} usage per ${type} is ${text}`;
  if (limit === undefined) return `${what}.  No limit is specified`;
  if (parseQuantity(limit).cmp(value) > 0) return `${what}, but limit is ${limit}`;
  if (request !== undefined && parseQuantity(request).cmp(value) > 0)
    return `${what}, but request is ${request}`;
  return undefined;
};

const tooMuchStorage: Problem = ({ name, type, text, value }, request) => {
  const what = `maximum ${name} usage per ${type} is ${text}`;
  if (request === undefined) return `${what}.  No request is specified`;
  return parseQuantity(request).cmp(value) > 0 ? `${what}, but request is ${request}` : undefined;
};

const tooFarApart: Problem = ({ name, type, text, value }, request, limit) => {
  const what = `${name} max limit to request ratio per ${type} is ${text}`;
  const asked = request === undefined ? 0 : parseQuantity(request).milliValue();
  const most = limit === undefined ? 0 : parseQuantity(limit).milliValue();
  if (asked === 0) return `${what}, but no request is specified or request is 0`;
  if (most === 0) return `${what}, but no limit is specified or limit is 0`;
  const ratio = most / asked;
  return ratio * 1000 > value.milliValue() ? `${what}, but provided ratio is ${ratio.toFixed(6)}` : undefined;
};
