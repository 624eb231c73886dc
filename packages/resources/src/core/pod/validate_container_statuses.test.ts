import { expect, test } from 'vitest';
import { validateClaimStatuses } from './validate_claim_statuses.ts';
import { validateContainerStatuses } from './validate_container_statuses.ts';

const spec: any = {
  containers: [
    { name: 'c', image: 'i', resources: { requests: { cpu: '1' }, claims: [{ name: 'a', request: 'r' }] } },
  ],
  resourceClaims: [{ name: 'a' }],
};
const at = 'status.containerStatuses[0]';
const of = (fields: object) => ({ containerStatuses: [{ name: 'c', ...fields }] });
const health = (...allocatedResourcesStatus: object[]) => of({ allocatedResourcesStatus });

const containers: [name: string, status: any, errors: string[]][] = [
  ['a resource that it asks for', health({ name: 'cpu' }), []],
  ['a request of a claim', health({ name: 'claim:a/r' }), []],
  [
    'a resource that it does not ask for',
    health({ name: 'memory' }),
    [
      `${at}.allocatedResourcesStatus[0].name: Invalid value: "memory": must match one of the container's resource requests`,
    ],
  ],
  [
    'the same device twice',
    health({
      name: 'cpu',
      resources: [
        { resourceID: 'x', health: 'Healthy' },
        { resourceID: 'x', health: 'Ill', message: '' },
      ],
    }),
    [
      `${at}.allocatedResourcesStatus[0].resources[1].health: Unsupported value: "Ill": supported values: "Healthy", "Unhealthy", "Unknown"`,
      `${at}.allocatedResourcesStatus[0].resources[1].message: Required value: must be non-empty if specified`,
      `${at}.allocatedResourcesStatus[0].resources[1].resourceID: Duplicate value: "x"`,
    ],
  ],
  [
    'users out of range',
    of({ user: { linux: { uid: -1, gid: 0, supplementalGroups: [-2] } } }),
    [
      `${at}.user.linux.uid: Invalid value: -1: must be between 0 and 2147483647, inclusive`,
      `${at}.user.linux.supplementalGroups[0]: Invalid value: -2: must be between 0 and 2147483647, inclusive`,
    ],
  ],
];

const texts = (errors: { field: string; message: string }[]) =>
  errors.map(({ field, message }) => `${field}: ${message}`);

test.each(containers)('%s', (_, status, errors) => {
  expect(texts(validateContainerStatuses(status, spec))).toEqual(errors);
});

const claims: [name: string, status: any, errors: string[]][] = [
  ['a claim of the pod', { resourceClaimStatuses: [{ name: 'a', resourceClaimName: 'x' }] }, []],
  [
    'a claim that it has not',
    { resourceClaimStatuses: [{ name: 'b' }] },
    [
      'status.resourceClaimStatuses[0].name: Invalid value: "b": must match the name of an entry in `spec.resourceClaims`',
    ],
  ],
  [
    'an empty claim for extended resources',
    { extendedResourceClaimStatus: {} },
    [
      'status.extendedResourceClaimStatus.requestMappings: Required value: at least one request mapping is required',
      'status.extendedResourceClaimStatus.resourceClaimName: Required value',
    ],
  ],
];

test.each(claims)('%s', (_, status, errors) => {
  expect(texts(validateClaimStatuses(status, spec))).toEqual(errors);
});
