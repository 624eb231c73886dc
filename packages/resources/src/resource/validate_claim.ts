import {
  type DeviceClaim,
  type DeviceConstraint,
  type DeviceRequest,
  type DeviceSubRequest,
  type FieldError,
  invalidValue,
  notSupported,
  type ResourceClaimSpec,
  required,
} from '@kubets/api';
import { dns1123Subdomain } from '../rules/names.ts';
import {
  validateConfiguration,
  validateDeviceLabel,
  validateFullyQualifiedName,
  validateList,
  validateNamed,
  validateSelectors,
  validateSet,
  validateToleration,
} from './device_rules.ts';

/** Most requests that a claim has, and most devices that it gets. */
export const maxRequests = 32;

/** What an exact request and a choice among several have in common. */
type Wish = Omit<DeviceSubRequest, 'name'>;

const itself = (name: string) => name;

export function defaultClaimSpec(spec: ResourceClaimSpec | undefined): void {
  for (const { exactly, firstAvailable = [] } of spec?.devices?.requests ?? [])
    for (const wish of [...(exactly ? [exactly] : []), ...firstAvailable]) {
      wish.allocationMode ||= 'ExactCount';
      if (wish.allocationMode === 'ExactCount') wish.count ||= 1;
      for (const toleration of wish.tolerations ?? []) toleration.operator ||= 'Equal';
    }
}

export function validateClaimSpec(spec: ResourceClaimSpec | undefined, path: string): FieldError[] {
  const claim = spec?.devices ?? {};
  const at = `${path}.devices`;
  const known = requestNames(claim);
  return [
    ...validateSet(claim.requests, maxRequests, validateRequest, ({ name }) => name ?? '', `${at}.requests`),
    ...validateList(
      claim.constraints,
      32,
      (constraint, place) => validateConstraint(constraint, known, place),
      `${at}.constraints`,
    ),
    ...validateList(
      claim.config,
      32,
      ({ requests, opaque }, place) => [
        ...validateRequestRefs(requests, known, `${place}.requests`),
        ...validateConfiguration(opaque, place),
      ],
      `${at}.config`,
    ),
  ];
}

/** All names that a claim's own parts may refer to: `gpu`, and `gpu/large` for one of several alternatives. */
export function requestNames({ requests = [] }: DeviceClaim): Set<string> {
  return new Set(
    requests.flatMap(({ name, firstAvailable = [] }) => [
      name,
      ...firstAvailable.map((alternative) => `${name}/${alternative.name}`),
    ]),
  );
}

export function validateRequestRefs(
  names: string[] | undefined,
  known: ReadonlySet<string>,
  path: string,
): FieldError[] {
  const rule = (name: string, at: string) => validateRequestRef(name, known, at);
  return validateSet(names, maxRequests, rule, itself, path);
}

export function validateRequestRef(name: string, known: ReadonlySet<string>, path: string): FieldError[] {
  const unknown = invalidValue(
    path,
    name,
    "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'",
  );
  const parts = name.split('/');
  if (parts.length > 2) return [unknown];
  const errors = parts.flatMap((part) => validateDeviceLabel(part, path));
  return known.has(name) ? errors : [...errors, unknown];
}

function validateRequest({ name, exactly, firstAvailable = [] }: DeviceRequest, path: string): FieldError[] {
  const errors = validateDeviceLabel(name, `${path}.name`);
  const text = 'exactly one of `exactly` or `firstAvailable` is required';
  if (exactly && firstAvailable.length > 0)
    return [...errors, invalidValue(path, null, `${text}, but multiple fields are set`)];
  if (exactly) return [...errors, ...validateWish(exactly, `${path}.exactly`)];
  if (firstAvailable.length === 0) return [...errors, required(path, text)];
  return [
    ...errors,
    ...validateSet(
      firstAvailable,
      8,
      (alternative, at) => [
        ...validateDeviceLabel(alternative.name, `${at}.name`),
        ...validateWish(alternative, at),
      ],
      (alternative) => alternative.name ?? '',
      `${path}.firstAvailable`,
    ),
  ];
}

function validateWish(wish: Wish, path: string): FieldError[] {
  const { deviceClassName, selectors, allocationMode: mode, count = 0, tolerations = [] } = wish;
  const at = `${path}.deviceClassName`;
  const errors = [
    ...(deviceClassName ? validateNamed(deviceClassName, dns1123Subdomain, at) : [required(at)]),
    ...validateSelectors(selectors, `${path}.selectors`),
  ];
  if (mode === 'All' && count !== 0)
    errors.push(invalidValue(`${path}.count`, count, "must not be specified when allocationMode is 'All'"));
  else if (mode === 'ExactCount' && count <= 0)
    errors.push(invalidValue(`${path}.count`, count, 'must be greater than zero'));
  else if (mode !== 'All' && mode !== 'ExactCount')
    errors.push(notSupported(`${path}.allocationMode`, mode ?? '', ['All', 'ExactCount']));
  return [
    ...errors,
    ...tolerations.flatMap((toleration, i) => validateToleration(toleration, `${path}.tolerations[${i}]`)),
  ];
}

function validateConstraint(
  { requests, matchAttribute, distinctAttribute }: DeviceConstraint,
  known: ReadonlySet<string>,
  path: string,
): FieldError[] {
  const errors = validateRequestRefs(requests, known, `${path}.requests`);
  if (matchAttribute !== undefined)
    return [...errors, ...validateFullyQualifiedName(matchAttribute, `${path}.matchAttribute`)];
  if (distinctAttribute !== undefined)
    return [...errors, ...validateFullyQualifiedName(distinctAttribute, `${path}.distinctAttribute`)];
  return [
    ...errors,
    required(
      path,
      'exactly one of "matchAttribute" or "distinctAttribute" is required, but multiple fields are set',
    ),
  ];
}
