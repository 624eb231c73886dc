// Kinds that are served only when asked for: what they refuse, as upstream words it.
import { describe, expect, test } from 'vitest';
import { storageVersion } from './apiserverinternal/storage_version.ts';
import { clusterTrustBundle } from './certificates/cluster_trust_bundle.ts';
import { podCertificateRequest } from './certificates/pod_certificate_request.ts';
import { leaseCandidate } from './coordination/lease_candidate.ts';
import { deviceTaintRule } from './resource/device_taint_rule.ts';
import { resourcePoolStatusRequest } from './resource/resource_pool_status_request.ts';
import type { Resource } from './resource.ts';
import { podGroup } from './scheduling/pod_group.ts';
import { workload } from './scheduling/workload.ts';
import { storageVersionMigration } from './storagemigration/storage_version_migration.ts';
import { create, created, stored, update } from './testing.ts';

const fields = (errors: string[]) => errors.map((error) => error.slice(0, error.indexOf(': ')));

// Spec, then the fields that are wrong.
const cases: [kind: Resource, spec: object, wrong: string[]][] = [
  [leaseCandidate, { leaseName: 'l', binaryVersion: '1.2.3', strategy: 'a.io/b' }, []],
  [leaseCandidate, {}, ['spec.leaseName', 'spec.binaryVersion', 'spec.strategy']],
  [
    leaseCandidate,
    { leaseName: 'l', binaryVersion: '1.2.3', emulationVersion: '1.3.0', strategy: 'Foo' },
    ['spec.binaryVersion', 'spec.strategy.strategy'],
  ],
  [
    leaseCandidate,
    { leaseName: 'l', binaryVersion: '1.2.3-rc.1', emulationVersion: '1.2.3-rc.2', strategy: 'a/b' },
    ['spec.binaryVersion'],
  ],
  [
    leaseCandidate,
    { leaseName: 'l', binaryVersion: '1.2.3', strategy: 'OldestEmulationVersion' },
    ['spec.emulationVersion'],
  ],
  [deviceTaintRule, { taint: { key: 'a', effect: 'NoSchedule' } }, []],
  [deviceTaintRule, {}, ['spec.taint.key', 'spec.taint.key', 'spec.taint.effect']],
  [resourcePoolStatusRequest, { driver: 'd.io', poolName: 'a/b' }, []],
  [resourcePoolStatusRequest, { limit: 5000 }, ['spec.driver', 'spec.limit']],
  [
    resourcePoolStatusRequest,
    { driver: 'd.io', poolName: 'a//b', limit: 0 },
    ['spec.poolName', 'spec.limit'],
  ],
  [podGroup, { schedulingPolicy: { basic: {} } }, []],
  [podGroup, {}, ['spec.schedulingPolicy']],
  [podGroup, { schedulingPolicy: { gang: {} } }, ['spec.schedulingPolicy.gang.minCount']],
  [
    podGroup,
    { podGroupTemplateRef: {}, schedulingPolicy: { basic: {}, gang: { minCount: 1 } } },
    ['spec.podGroupTemplateRef', 'spec.schedulingPolicy'],
  ],
  [workload, { podGroupTemplates: [{ name: 'a', schedulingPolicy: { basic: {} } }] }, []],
  [workload, {}, ['spec.podGroupTemplates']],
  [
    workload,
    { controllerRef: { kind: 'a/b' }, podGroupTemplates: [{}] },
    [
      'spec.controllerRef.kind',
      'spec.controllerRef.name',
      'spec.podGroupTemplates[0].name',
      'spec.podGroupTemplates[0].schedulingPolicy',
    ],
  ],
  [storageVersionMigration, { resource: { group: 'apps', resource: 'deployments' } }, []],
  [storageVersionMigration, { resource: {} }, ['spec.resource.resource']],
  [
    storageVersionMigration,
    { resource: { group: 'A_', resource: 'B' } },
    ['spec.resource.resource', 'spec.resource.group'],
  ],
];

test.each(cases.map(([kind, spec, wrong]) => ({ kind, spec, wrong })))(
  '$kind.id.kind $spec',
  ({ kind, spec, wrong }) => {
    expect(fields(create(kind, { spec }).errors)).toEqual(wrong);
  },
);

describe('trust bundles', () => {
  // Self-signed, of a CA.
  const pem = (type: string, text: string) => `-----BEGIN ${type}-----\n${text}\n-----END ${type}-----\n`;

  test.each([
    [
      'x',
      {},
      'spec.trustBundle: Invalid value: "<value omitted>": at least one trust anchor must be provided',
    ],
    [
      'x',
      { trustBundle: pem('KEY', 'AAAA') },
      'spec.trustBundle: Invalid value: "<value omitted>": entry 0 has bad block type: KEY',
    ],
    [
      'x',
      { trustBundle: pem('CERTIFICATE', 'AAAA') },
      'spec.trustBundle: Invalid value: "<value omitted>": entry 0 does not parse as X.509',
    ],
    [
      'x:y',
      { trustBundle: pem('KEY', 'AAAA') },
      'metadata.name: Invalid value: "x:y": ClusterTrustBundle without signer name must not have ":" in its name',
    ],
    [
      'x',
      { signerName: 'a.io/b', trustBundle: pem('KEY', 'AAAA') },
      'metadata.name: Invalid value: "x": ClusterTrustBundle for signerName a.io/b must be named with prefix a.io:b:',
    ],
  ])('%s %j', (name, spec, message) => {
    expect(create(clusterTrustBundle, { metadata: { name }, spec }).errors).toContain(message);
  });
});

describe('requests for certificates of pods', () => {
  const spec = {
    signerName: 'a.io/b',
    podName: 'p',
    podUID: 'u',
    serviceAccountName: 's',
    serviceAccountUID: 'u',
    nodeName: 'n',
    nodeUID: 'u',
  };
  // SEQUENCE { SEQUENCE {}, BIT STRING }: laid out as a public key.
  const key = { pkixPublicKey: btoa('\x30\x05\x30\x00\x03\x01\x00'), proofOfPossession: 'AAAA' };

  test.each<[object, string[]]>([
    [key, []],
    [{}, ['spec']],
    [{ ...key, stubPKCS10Request: 'AAAA' }, ['spec']],
    [{ stubPKCS10Request: 'AAAA' }, ['spec.stubPKCS10Request']],
    [{ ...key, maxExpirationSeconds: 10 }, ['spec.maxExpirationSeconds']],
    [{ ...key, podUID: '' }, ['spec.podUID']],
    [{ ...key, unverifiedUserAnnotations: { a: 'b' } }, ['spec.unverifiedUserAnnotations']],
  ])('%j', (more, wrong) => {
    expect(fields(create(podCertificateRequest, { spec: { ...spec, ...more } }).errors)).toEqual(wrong);
  });

  test('end once', () => {
    const old = stored(podCertificateRequest, { spec: { ...spec, ...key } });
    const condition = { status: 'True', reason: 'A', message: '', lastTransitionTime: created };
    const set = (status: object, from = old) =>
      update(podCertificateRequest, from, (next) => void (next.status = status), 'status');
    expect(set({ conditions: [{ ...condition, type: 'Other' }] }).errors[0]).toContain(
      'status.conditions.[0].type: Unsupported value: "Other": supported values: "Denied", "Failed", "Issued"',
    );
    const denied = set({ conditions: [{ ...condition, type: 'Denied' }] });
    expect(denied.errors).toEqual([]);
    expect(set({ conditions: [] }, denied.object).errors).toEqual([
      'status: Invalid value: immutable after PodCertificateRequest is issued, denied, or failed',
    ]);
    expect(set({ conditions: [{ ...condition, type: 'Issued' }] }).errors).toEqual([
      'status.certificateChain: Invalid value: "": issued certificate chain must contain at least one certificate',
    ]);
  });
});

test('versions in the store: servers agree or not', () => {
  const old = stored(storageVersion, { metadata: { name: 'apps.deployments' } });
  const set = (status: object) =>
    update(storageVersion, old, (next) => void (next.status = status), 'status');
  const version = { apiServerID: 'a', encodingVersion: 'v1', decodableVersions: ['v1'] };
  expect(set({ storageVersions: [version], commonEncodingVersion: 'v1' }).errors).toEqual([]);
  expect(set({ storageVersions: [version] }).errors).toEqual([
    'status.commonEncodingVersion: Invalid value: null: the common encoding version is v1',
  ]);
  expect(fields(set({ storageVersions: [version, version], commonEncodingVersion: 'v1' }).errors)).toEqual([
    'status.storageVersions[1].apiServerID',
  ]);
  expect(create(storageVersion, { metadata: { name: 'x' } }).errors).toEqual([
    'metadata.name: Invalid value: "x": name must be in the form of <group>.<resource>',
  ]);
});

test('the time of a taint follows its effect', () => {
  const rule = stored(deviceTaintRule, {
    spec: { taint: { key: 'a', effect: 'NoSchedule', timeAdded: '2020-01-01T00:00:00Z' } },
  });
  const { object } = update(deviceTaintRule, rule, (next) => void (next.spec.taint.effect = 'NoExecute'));
  expect(object.spec.taint.timeAdded).toBe(created);
  expect(object.metadata.generation).toBe(2);
  const kept = update(deviceTaintRule, rule, (next) => void (next.spec.taint.value = 'b'));
  expect(kept.object.spec.taint.timeAdded).toBe('2020-01-01T00:00:00Z');
});
