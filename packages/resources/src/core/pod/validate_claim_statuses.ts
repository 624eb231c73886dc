// What a status says of the claims that were made for a pod (KEP-4381, KEP-5004).
import {
  duplicate,
  type FieldError,
  invalidValue,
  type PodExtendedResourceClaimStatus,
  type PodSpec,
  type PodStatus,
  required,
} from '@kubets/api';
import { dns1123Label, dns1123Subdomain } from '../../rules/names.ts';

export function validateClaimStatuses(status: PodStatus, spec: PodSpec): FieldError[] {
  const claims = new Set(spec.resourceClaims?.map(({ name }) => name));
  const seen = new Set<string>();
  const errors: FieldError[] = [];
  status.resourceClaimStatuses?.forEach(({ name = '', resourceClaimName }, i) => {
    const at = `status.resourceClaimStatuses[${i}]`;
    if (!claims.has(name))
      errors.push(
        invalidValue(`${at}.name`, name, 'must match the name of an entry in `spec.resourceClaims`'),
      );
    if (seen.has(name)) errors.push(duplicate(`${at}.name`, name));
    seen.add(name);
    if (resourceClaimName !== undefined)
      for (const message of dns1123Subdomain(resourceClaimName))
        errors.push(invalidValue(`${at}.resourceClaimName`, resourceClaimName, message));
  });
  if (status.extendedResourceClaimStatus)
    errors.push(...validateExtended(status.extendedResourceClaimStatus, spec));
  return errors;
}

function validateExtended(status: PodExtendedResourceClaimStatus, spec: PodSpec): FieldError[] {
  const path = 'status.extendedResourceClaimStatus';
  const mappings = status.requestMappings ?? [];
  const containers = [...(spec.containers ?? []), ...(spec.initContainers ?? [])];
  const errors =
    mappings.length > 0
      ? []
      : [required(`${path}.requestMappings`, 'at least one request mapping is required')];
  const seen = new Set<string>();
  mappings.forEach(({ containerName = '', resourceName = '', requestName = '' }, i) => {
    const at = `${path}.requestMappings[${i}]`;
    const container = containers.find(({ name }) => name === containerName);
    if (!container)
      errors.push(
        invalidValue(
          `${at}.containerName`,
          containerName,
          'must match the name of an entry in spec.initContainers.name or spec.containers.name',
        ),
      );
    else if (container.resources?.requests?.[resourceName] === undefined)
      errors.push(
        invalidValue(
          `${at}.resourceName`,
          resourceName,
          'must match the extended resource name of an entry in spec.initContainers.resources.requests or spec.containers.resources.requests',
        ),
      );
    for (const message of dns1123Label(requestName))
      errors.push(invalidValue(`${path}.requestName`, requestName, message));
    const key = `${containerName}/${resourceName}/${requestName}`;
    if (seen.has(key))
      errors.push(
        duplicate(`${at}.containerName`, containerName),
        duplicate(`${at}.resourceName`, resourceName),
        duplicate(`${at}.requestName`, requestName),
      );
    seen.add(key);
  });
  const claim = status.resourceClaimName;
  if (!claim) errors.push(required(`${path}.resourceClaimName`));
  else
    for (const message of dns1123Subdomain(claim))
      errors.push(invalidValue(`${path}.resourceClaimName`, claim, message));
  return errors;
}
