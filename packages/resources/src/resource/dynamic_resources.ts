// Dynamic resource allocation (KEP-4381): claims for devices, and the devices that drivers publish.
import {
  type DeviceClass,
  duplicate,
  type FieldError,
  invalidValue,
  type ResourceV1ResourceClaim as ResourceClaim,
  type ResourceClaimTemplate,
  type ResourceSlice,
  required,
} from '@kubets/api';
import { define } from '../define.ts';
import { sameValue } from '../rules/equality.ts';
import { immutableText } from '../rules/labels.ts';
import { dns1123Label, dns1123Subdomain } from '../rules/names.ts';
import { ageColumn, columnsOf, nameColumn, textColumn } from '../table/columns.ts';

const group = 'resource.k8s.io';
type ClaimSpec = ResourceClaim['spec'];

export const deviceClass = define<DeviceClass>({
  id: { group, version: 'v1', resource: 'deviceclasses', kind: 'DeviceClass' },
  scope: 'Cluster',
  generation: 'spec',
  columns: [nameColumn, ageColumn],
});

export const resourceClaim = define<ResourceClaim>({
  id: { group, version: 'v1', resource: 'resourceclaims', kind: 'ResourceClaim' },
  scope: 'Namespaced',
  status: {},
  columns: columnsOf<ResourceClaim>(
    textColumn('State', 'Whether devices are set aside for it.', ({ status, metadata }) => {
      const states = [];
      if (metadata.deletionTimestamp) states.push('deleted');
      if (status?.allocation) states.push('allocated');
      if ((status?.reservedFor?.length ?? 0) > 0) states.push('reserved');
      return states.length > 0 ? states.join(',') : 'pending';
    }),
  ),
  defaults: ({ spec }) => defaultClaim(spec),
  validate: ({ spec }) => validateClaim(spec, 'spec'),
  validateUpdate: (next, old) => stays(next.spec, old.spec),
});

export const resourceClaimTemplate = define<ResourceClaimTemplate>({
  id: { group, version: 'v1', resource: 'resourceclaimtemplates', kind: 'ResourceClaimTemplate' },
  scope: 'Namespaced',
  columns: [nameColumn, ageColumn],
  defaults: ({ spec }) => defaultClaim(spec?.spec),
  validate: ({ spec }) => validateClaim(spec?.spec ?? {}, 'spec.spec'),
  validateUpdate: (next, old) => stays(next.spec, old.spec),
});

export const resourceSlice = define<ResourceSlice>({
  id: { group, version: 'v1', resource: 'resourceslices', kind: 'ResourceSlice' },
  scope: 'Cluster',
  generation: 'spec',
  selectableFields: {
    'spec.nodeName': ({ spec }) => spec.nodeName ?? '',
    'spec.driver': ({ spec }) => spec.driver,
  },
  columns: columnsOf<ResourceSlice>(
    textColumn('Node', 'The node that has the devices.', ({ spec }) => spec.nodeName ?? ''),
    textColumn('Driver', 'Who publishes them.', ({ spec }) => spec.driver),
    textColumn('Pool', 'The pool to which they belong.', ({ spec }) => spec.pool?.name),
  ),
  validate({ spec }) {
    const problems: FieldError[] = [];
    const driver = spec.driver ?? '';
    if (driver === '') problems.push(required('spec.driver', ''));
    else
      for (const message of dns1123Subdomain(driver))
        problems.push(invalidValue('spec.driver', driver, message));
    if (!spec.pool?.name) problems.push(required('spec.pool.name', ''));
    const places = [spec.nodeName, spec.nodeSelector, spec.allNodes, spec.perDeviceNodeSelection].filter(
      Boolean,
    ).length;
    if (places !== 1) {
      problems.push(
        invalidValue(
          'spec',
          `{${places === 0 ? '' : 'several'}}`,
          'exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required',
        ),
      );
    }
    return problems;
  },
  validateUpdate(next, old) {
    const fixed = ['driver', 'nodeName', 'pool'] as const;
    return fixed
      .filter((key) =>
        key === 'pool'
          ? next.spec.pool?.name !== old.spec.pool?.name
          : !sameValue(next.spec[key], old.spec[key]),
      )
      .map((key) =>
        invalidValue(
          key === 'pool' ? 'spec.pool.name' : `spec.${key}`,
          key === 'pool' ? next.spec.pool?.name : next.spec[key],
          immutableText,
        ),
      );
  },
});

function defaultClaim(spec: ClaimSpec | undefined): void {
  for (const request of spec?.devices?.requests ?? []) {
    for (const part of [request.exactly, ...(request.firstAvailable ?? [])]) {
      if (!part) continue;
      part.allocationMode ??= 'ExactCount';
      if (part.allocationMode === 'ExactCount') part.count ??= 1;
    }
  }
}

function validateClaim(spec: ClaimSpec, path: string): FieldError[] {
  const names = new Set<string>();
  return (spec.devices?.requests ?? []).flatMap((request, index) => {
    const at = `${path}.devices.requests[${index}]`;
    const problems: FieldError[] = [];
    if (!request.name) problems.push(required(`${at}.name`, ''));
    else
      for (const message of dns1123Label(request.name))
        problems.push(invalidValue(`${at}.name`, request.name, message));
    if (names.has(request.name)) problems.push(duplicate(`${path}.devices.requests`, request.name));
    names.add(request.name);
    const several = (request.firstAvailable?.length ?? 0) > 0;
    if (!request.exactly && !several)
      problems.push(required(at, 'exactly one of `exactly` or `firstAvailable` is required'));
    if (request.exactly && !request.exactly.deviceClassName)
      problems.push(required(`${at}.exactly.deviceClassName`, ''));
    return problems;
  });
}

function stays(next: unknown, old: unknown): FieldError[] {
  return sameValue(next, old) ? [] : [invalidValue('spec', next, immutableText)];
}
