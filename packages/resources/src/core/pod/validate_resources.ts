// What containers and pods ask for: requests, limits and claims.
import {
  duplicate,
  type FieldError,
  forbiddenField,
  invalidValue,
  notSupported,
  type PodSpec,
  parseQuantity,
  type ResourceClaim,
  type ResourceRequirements,
  required,
} from '@kubets/api';
import { dns1123Label } from '../../rules/names.ts';
import { compareAmounts } from '../../rules/quantities.ts';
import {
  canOvercommit,
  hugePagesPrefix,
  isContainerResource,
  isExtended,
  isHugePages,
  isNative,
  validateAmount,
  validateResourceName,
} from '../resource_names.ts';
import { aggregateContainers, isPodLevelResource } from './pod_resources.ts';

export function validateContainerResources(
  resources: ResourceRequirements | undefined,
  claims: ReadonlySet<string>,
  path: string,
): FieldError[] {
  return validateRequirements(resources ?? {}, claims, path, validateContainerResourceName);
}

export function validatePodResources(spec: PodSpec, claims: ReadonlySet<string>, path: string): FieldError[] {
  const { resources } = spec;
  if (!resources) return [];
  const at = `${path}.resources`;
  if (spec.os?.name === 'windows') return [forbiddenField(at, 'may not be set for a windows pod')];
  return [
    ...(resources.claims
      ? [forbiddenField(`${at}.claims`, 'claims may not be set for Resources at pod-level')]
      : []),
    ...validateRequirements(resources, claims, at, validatePodResourceName),
    ...validateConsistency(spec, resources, at),
  ];
}

function validateRequirements(
  { requests = {}, limits = {}, claims: used = [] }: ResourceRequirements,
  claims: ReadonlySet<string>,
  path: string,
  nameRule: (name: string, path: string) => FieldError[],
): FieldError[] {
  const errors: FieldError[] = [];
  for (const [list, amounts] of [
    ['limits', limits],
    ['requests', requests],
  ] as const)
    for (const [name, amount] of Object.entries(amounts)) {
      const at = `${path}.${list}[${name}]`;
      errors.push(...nameRule(name, at), ...validateAmount(name, amount, at));
      if (list === 'requests') errors.push(...validateRequest(name, amount, limits[name], path));
      if (isHugePages(name) && !isWholePages(name, amount))
        errors.push(invalidValue(at, amount, `${amount} is not positive integer multiple of ${name}`));
    }
  const names = [...Object.keys(limits), ...Object.keys(requests)];
  if (names.some(isHugePages) && !names.includes('cpu') && !names.includes('memory'))
    errors.push(forbiddenField(path, 'HugePages require cpu or memory'));
  return [...errors, ...validateUsedClaims(used, claims, `${path}.claims`)];
}

function validateRequest(
  name: string,
  amount: string,
  limit: string | undefined,
  path: string,
): FieldError[] {
  if (limit === undefined)
    return canOvercommit(name)
      ? []
      : [required(`${path}.limits`, 'Limit must be set for non overcommitable resources')];
  const order = compareAmounts(amount, limit);
  if (order !== 0 && !canOvercommit(name))
    return [invalidValue(`${path}.requests`, amount, `must be equal to ${name} limit of ${limit}`)];
  return order > 0
    ? [invalidValue(`${path}.requests`, amount, `must be less than or equal to ${name} limit of ${limit}`)]
    : [];
}

export function validateContainerResourceName(name: string, path: string): FieldError[] {
  const errors = validateResourceName(name, path);
  if (!name.includes('/')) {
    if (!isContainerResource(name))
      errors.push(invalidValue(path, name, 'must be a standard resource for containers'));
  } else if (!isNative(name) && !isExtended(name))
    errors.push(invalidValue(path, name, "doesn't follow extended resource name standard"));
  return errors;
}

function validatePodResourceName(name: string, path: string): FieldError[] {
  const errors = validateResourceName(name, path);
  if (errors.length > 0) return errors;
  return isPodLevelResource(name) ? [] : [notSupported(path, name, ['cpu', 'hugepages-', 'memory'])];
}

function isWholePages(name: string, amount: string): boolean {
  const size = /^\d+(\.\d+)?([kKMGTPE]i?)?$/.exec(name.slice(hugePagesPrefix.length))?.[0];
  if (!size) return false;
  const page = parseQuantity(size).value();
  return page > 0 && parseQuantity(amount).value() % page === 0;
}

/** Together the containers may not ask for more than the pod, nor one of them be allowed more. */
function validateConsistency(spec: PodSpec, pod: ResourceRequirements, path: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const list of ['requests', 'limits'] as const)
    for (const [name, amount] of Object.entries(aggregateContainers(spec, list))) {
      const own = pod[list]?.[name];
      if (own === undefined || (list === 'limits' && !isHugePages(name))) continue;
      if (compareAmounts(amount, own) > 0)
        errors.push(
          invalidValue(
            `${path}.${list}[${name}]`,
            own,
            `must be greater than or equal to aggregate container ${list} of ${amount}`,
          ),
        );
    }
  spec.containers?.forEach((container, i) => {
    for (const [name, amount] of Object.entries(container.resources?.limits ?? {})) {
      const own = pod.limits?.[name];
      if (own !== undefined && compareAmounts(amount, own) > 0)
        errors.push(
          invalidValue(
            `${path}.containers[${i}][${name}].limits`,
            amount,
            `must be less than or equal to pod limits of ${own}`,
          ),
        );
    }
  });
  return errors;
}

function validateUsedClaims(used: ResourceClaim[], claims: ReadonlySet<string>, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  used.forEach(({ name, request }, i) => {
    const at = `${path}[${i}]`;
    if (!name) {
      errors.push(required(at));
      return;
    }
    const key = request ? `${name}/${request}` : name;
    if (request)
      for (const message of dns1123Label(request))
        errors.push(invalidValue(`${at}.request`, request, message));
    // A claim used whole leaves nothing to use in part.
    const partly = !request && [...seen].some((other) => other.startsWith(`${name}/`));
    if (seen.has(name)) errors.push(duplicate(at, name));
    else if (seen.has(key) || partly) errors.push(duplicate(at, key));
    seen.add(key);
    if (!claims.has(name)) {
      const list = claims.size === 0 ? ' which is empty' : `: ${[...claims].sort().join(', ')}`;
      errors.push({
        field: at,
        reason: 'FieldValueNotFound',
        message: `Not found: ${JSON.stringify(name)}: must be one of the names in pod.spec.resourceClaims${list}`,
      });
    }
  });
  return errors;
}
