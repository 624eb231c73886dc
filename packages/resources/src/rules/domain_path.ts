import { type FieldError, invalidValue, required } from '@kubets/api';
import { dns1123Subdomain, pathSegmentName } from './names.ts';

const pathChars = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+";
const pathPattern = new RegExp(`^${pathChars}$`);

/** Names of controllers: a domain, `/`, and a path below it, such as `acme.io/foo`. */
export function validateDomainPrefixedPath(value: string, path: string): FieldError[] {
  if (!value) return [required(path)];
  const slash = value.indexOf('/');
  if (slash <= 0 || slash === value.length - 1)
    return [invalidValue(path, value, 'must be a domain-prefixed path (such as "acme.io/foo")')];
  const host = value.slice(0, slash);
  const rest = value.slice(slash + 1);
  return [
    ...dns1123Subdomain(host).map((message) => invalidValue(path, host, message)),
    ...(pathPattern.test(rest)
      ? []
      : [invalidValue(path, rest, `Invalid path (regex used for validation is '${pathChars}')`)]),
  ];
}

/** A reference to an object of any kind: kind and name can stand in a URL. */
export function validateTypedReference(
  reference: { apiGroup?: string; kind?: string; name?: string },
  path: string,
): FieldError[] {
  const { apiGroup } = reference;
  const errors =
    apiGroup === undefined
      ? []
      : dns1123Subdomain(apiGroup).map((message) => invalidValue(`${path}.apiGroup`, apiGroup, message));
  for (const field of ['kind', 'name'] as const)
    errors.push(...validateSegment(reference[field], `${path}.${field}`));
  return errors;
}

export function validateSegment(value: string | undefined, path: string): FieldError[] {
  if (!value) return [required(path)];
  return pathSegmentName(value).map((message) => invalidValue(path, value, message));
}
