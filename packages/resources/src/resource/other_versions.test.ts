import { expect, test } from 'vitest';
import type { Resource } from '../resource.ts';
import { resourceClaim } from './resource_claim.ts';
import { resourceClaimTemplate } from './resource_claim_template.ts';
import { resourceSlice } from './resource_slice.ts';

const versionOf = ({ otherVersions }: Resource, version: string) =>
  otherVersions!.find((each) => each.version === version)!;
const metadata = { name: 'x', uid: 'u' };

const early = [
  { name: 'a', deviceClassName: 'gpu', count: 2, allocationMode: 'ExactCount' },
  { name: 'b', deviceClassName: '', firstAvailable: [{ name: 'c', deviceClassName: 'gpu' }] },
];
const late = [
  { name: 'a', exactly: { deviceClassName: 'gpu', count: 2, allocationMode: 'ExactCount' } },
  { name: 'b', firstAvailable: [{ name: 'c', deviceClassName: 'gpu' }] },
];

test('v1beta1 has the fields of an exact request in the request', () => {
  const claims = versionOf(resourceClaim, 'v1beta1');
  const given = { apiVersion: 'resource.k8s.io/v1beta1', kind: 'ResourceClaim', metadata };
  const stored = claims.toStored({ ...given, spec: { devices: { requests: structuredClone(early) } } });
  expect(stored).toMatchObject({
    apiVersion: 'resource.k8s.io/v1',
    spec: { devices: { requests: late } },
  });
  expect(claims.fromStored(stored)).toEqual({ ...given, spec: { devices: { requests: early } } });

  const templates = versionOf(resourceClaimTemplate, 'v1beta1');
  const template = templates.toStored({
    ...given,
    kind: 'ResourceClaimTemplate',
    spec: { spec: { devices: { requests: structuredClone(early) } } },
  });
  expect(template.spec.spec.devices.requests).toEqual(late);
});

test('a request that says nothing but its name is neither', () => {
  const { toStored } = versionOf(resourceClaim, 'v1beta1');
  const spec = { devices: { requests: [{ name: 'a', deviceClassName: '', count: 0 }] } };
  expect(toStored({ metadata, spec }).spec.devices.requests).toEqual([{ name: 'a' }]);
});

test('v1beta1 has what a device is like under `basic`', () => {
  const { toStored, fromStored } = versionOf(resourceSlice, 'v1beta1');
  const spec = {
    driver: 'd.io',
    nodeName: '',
    allNodes: true,
    devices: [{ name: 'a', basic: { capacity: {} } }, { name: 'b' }],
  };
  const stored = toStored({ metadata, spec: structuredClone(spec) });
  expect(stored.spec).toEqual({
    driver: 'd.io',
    allNodes: true,
    devices: [{ name: 'a', capacity: {} }, { name: 'b' }],
  });
  expect(fromStored(stored)).toMatchObject({
    apiVersion: 'resource.k8s.io/v1beta1',
    spec: {
      devices: [
        { name: 'a', basic: { capacity: {} } },
        { name: 'b', basic: {} },
      ],
    },
  });
  // What is read is not what is stored: it may be shared.
  expect(stored.spec.devices[0]).toEqual({ name: 'a', capacity: {} });
});

test('v1beta2 differs by its name alone', () => {
  const { toStored, fromStored } = versionOf(resourceClaim, 'v1beta2');
  const claim = {
    apiVersion: 'resource.k8s.io/v1beta2',
    kind: 'ResourceClaim',
    metadata,
    spec: { devices: { requests: late } },
  };
  expect(fromStored(toStored(claim))).toEqual(claim);
});
