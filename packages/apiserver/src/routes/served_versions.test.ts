import { resources } from '@kubets/resources';
import { describe, expect, test } from 'vitest';
import { servedVersions } from './served_versions.ts';

const given = (runtimeConfig?: string, featureGates?: string) =>
  servedVersions({ resources, runtimeConfig, featureGates });

test('stable versions alone, unless told otherwise', () => {
  const { serves, resources: kept } = given();
  expect(serves('resource.k8s.io', 'v1', 'resourceclaims')).toBe(true);
  expect(serves('resource.k8s.io', 'v1beta1', 'resourceclaims')).toBe(false);
  expect(serves('resource.k8s.io', 'v1alpha3', 'devicetaintrules')).toBe(false);
  const names = kept.map(({ id }) => id.resource);
  expect(names).toContain('resourceclaims');
  // Nothing of it is served, and so nothing is watched in the store.
  expect(names).not.toContain('devicetaintrules');
});

// Text, then group/version/resource: served or not.
test.each<[config: string, what: string, served: boolean]>([
  ['api/all=true', 'resource.k8s.io/v1alpha3/devicetaintrules', true],
  ['api/beta=true', 'resource.k8s.io/v1beta1/resourceclaims', true],
  ['api/beta=true', 'resource.k8s.io/v1alpha3/devicetaintrules', false],
  ['api/alpha=true', 'resource.k8s.io/v1alpha3/devicetaintrules', true],
  ['api/all=true,api/alpha=false', 'resource.k8s.io/v1alpha3/devicetaintrules', false],
  ['api/alpha=false,api/all=true', 'resource.k8s.io/v1alpha3/devicetaintrules', false],
  ['api/ga=false', '/v1/pods', false],
  ['api/ga=false,apps/v1=true', 'apps/v1/deployments', true],
  ['apps/v1=false', 'apps/v1/deployments', false],
  ['apps/v1=false,apps/v1/deployments=true', 'apps/v1/deployments', true],
  ['apps/v1=false,apps/v1/deployments=true', 'apps/v1/daemonsets', false],
  ['apps/v1/deployments=false', 'apps/v1/daemonsets', true],
  ['resource.k8s.io/v1beta1', 'resource.k8s.io/v1beta1/resourceclaims', true],
  ['resource.k8s.io/v1beta1=T', 'resource.k8s.io/v1beta1/resourceclaims', true],
  ['/v1/pods=false', '/v1/pods', false],
])('%s: %s %s', (config, what, served) => {
  const [group, version, resource] = what.split('/') as [string, string, string];
  expect(given(config).serves(group, version, resource)).toBe(served);
});

test.each([
  ['api/all=false', 'invalid runtime-config with only api/all=false'],
  ['api/all=yes', 'invalid value api/all=yes'],
  ['v1=true', 'runtime-config invalid key v1'],
  ['a/b/c/d=true', 'runtime-config invalid key a/b/c/d'],
  ['none.io/v1=true', 'unknown api groups none.io/v1'],
  ['apps/v7=true', 'group version apps/v7 that has not been registered'],
  ['apps/v1/Deployments=true', 'resource is always lowercase plural, not "Deployments"'],
  ['apps/v1=yes', 'invalid value of apps/v1: yes, err: strconv.ParseBool: parsing "yes": invalid syntax'],
])('%s is refused', (config, message) => {
  expect(() => given(config)).toThrow(message);
});

describe('feature gates', () => {
  const bundles = ['certificates.k8s.io', 'v1beta1', 'clustertrustbundles'] as const;
  const groups = ['scheduling.k8s.io', 'v1alpha2', 'podgroups'] as const;

  test.each([
    ['', false, false],
    ['ClusterTrustBundle=true', true, false],
    ['AllBeta=true', true, false],
    ['AllBeta=true,ClusterTrustBundle=false', false, false],
    ['AllAlpha=true', false, true],
  ])('%s', (gates, withBundles, withGroups) => {
    const { serves } = given('api/all=true', gates);
    expect([serves(...bundles), serves(...groups)]).toEqual([withBundles, withGroups]);
  });

  test('open no version by themselves', () => {
    expect(given('', 'ClusterTrustBundle=true').serves(...bundles)).toBe(false);
  });
});
