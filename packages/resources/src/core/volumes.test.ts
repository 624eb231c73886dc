import { describe, expect, test } from 'vitest';
import { create, created, row, stored, update } from '../testing.ts';
import { persistentVolume } from './persistent_volume.ts';
import { persistentVolumeClaim } from './persistent_volume_claim.ts';

const volume = (spec: object) => ({
  metadata: { name: 'disk-1' },
  spec: {
    capacity: { storage: '5Gi' },
    accessModes: ['ReadWriteOnce'],
    hostPath: { path: '/data' },
    ...spec,
  },
});
const claim = (spec: object) => ({
  metadata: { name: 'data' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
});

describe('volumes', () => {
  const refusal = (spec: object) => create(persistentVolume, volume(spec)).errors.join('\n');

  test('defaults', () => {
    const { object } = create(persistentVolume, volume({}));
    expect(object.spec).toMatchObject({
      persistentVolumeReclaimPolicy: 'Retain',
      volumeMode: 'Filesystem',
      hostPath: { path: '/data', type: '' },
    });
    expect(object.status).toEqual({ phase: 'Pending', lastPhaseTransitionTime: created });
  });

  test('are refused', () => {
    expect(refusal({ accessModes: [] })).toMatchInlineSnapshot(`"spec.accessModes: Required value"`);
    expect(refusal({ accessModes: ['ReadAlways'] })).toMatchInlineSnapshot(
      `"spec.accessModes: Unsupported value: "ReadAlways": supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod""`,
    );
    expect(refusal({ capacity: {} })).toMatchInlineSnapshot(`
      "spec.capacity: Required value
      spec.capacity: Unsupported value: {}: supported values: "storage""
    `);
    expect(refusal({ capacity: { storage: '-1' } })).toMatchInlineSnapshot(`
      "spec.capacity[storage]: Invalid value: -1: must be a valid resource quantity
      spec.capacity[storage]: Invalid value: "-1": must be greater than zero"
    `);
    expect(refusal({ hostPath: undefined })).toMatchInlineSnapshot(
      `"spec: Required value: must specify a volume type"`,
    );
    expect(refusal({ nfs: { server: 'a', path: '/b' } })).toMatchInlineSnapshot(
      `"spec.nfs: Forbidden: may not specify more than 1 volume type"`,
    );
    expect(refusal({ persistentVolumeReclaimPolicy: 'Keep' })).toMatchInlineSnapshot(
      `"spec.persistentVolumeReclaimPolicy: Unsupported value: "Keep": supported values: "Delete", "Recycle", "Retain""`,
    );
    expect(refusal({ hostPath: undefined, csi: { driver: 'disk.example.com' } })).toMatchInlineSnapshot(
      `"spec.csi.volumeHandle: Required value"`,
    );
    expect(refusal({ hostPath: undefined, local: { path: '/mnt' } })).toMatchInlineSnapshot(
      `"spec.nodeAffinity: Required value: Local volume requires node affinity"`,
    );
    expect(
      refusal({ hostPath: { path: '/' }, persistentVolumeReclaimPolicy: 'Recycle' }),
    ).toMatchInlineSnapshot(
      `"spec.persistentVolumeReclaimPolicy: Forbidden: may not be 'recycle' for a hostPath mount of '/'"`,
    );
  });

  test('keep where their data is', () => {
    const old = stored(persistentVolume, volume({}));
    const { errors } = update(persistentVolume, old, ({ spec }) => (spec.hostPath.path = '/other'));
    expect(errors[0]?.split('\n')[0]).toMatchInlineSnapshot(
      `"spec.persistentvolumesource: Forbidden: spec.persistentvolumesource is immutable after creation"`,
    );
    expect(update(persistentVolume, old, ({ spec }) => (spec.capacity.storage = '6Gi')).errors).toEqual([]);
  });

  test('a change of the phase is noted', () => {
    const old = stored(persistentVolume, volume({}));
    old.status.lastPhaseTransitionTime = '2025-01-01T00:00:00Z';
    const bound = update(persistentVolume, old, (next) => (next.status.phase = 'Bound'), 'status');
    expect(bound.object.status.lastPhaseTransitionTime).toBe(created);
    const same = update(persistentVolume, old, (next) => (next.status.message = 'a'), 'status');
    expect(same.object.status.lastPhaseTransitionTime).toBe('2025-01-01T00:00:00Z');
  });

  test('are shown', () => {
    const { object } = create(
      persistentVolume,
      volume({
        accessModes: ['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany'],
        storageClassName: 'fast',
        claimRef: { namespace: 'shop', name: 'data' },
      }),
    );
    object.status.phase = 'Bound';
    expect(row(persistentVolume, object)).toMatchObject({
      Name: 'disk-1',
      Capacity: '5Gi',
      'Access Modes': 'RWO,ROX,RWX',
      'Reclaim Policy': 'Retain',
      Status: 'Bound',
      Claim: 'shop/data',
      StorageClass: 'fast',
      VolumeMode: 'Filesystem',
    });
  });
});

describe('claims', () => {
  const refusal = (spec: object) => create(persistentVolumeClaim, claim(spec)).errors.join('\n');

  test('defaults', () => {
    const { object } = create(persistentVolumeClaim, claim({}));
    expect(object).toMatchObject({ spec: { volumeMode: 'Filesystem' }, status: { phase: 'Pending' } });
  });

  test('are refused', () => {
    expect(refusal({ accessModes: [] })).toMatchInlineSnapshot(
      `"spec.accessModes: Required value: at least 1 access mode is required"`,
    );
    expect(refusal({ accessModes: ['ReadWriteOncePod', 'ReadWriteOnce'] })).toMatchInlineSnapshot(
      `"spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes"`,
    );
    expect(refusal({ resources: {} })).toMatchInlineSnapshot(`"spec.resources[storage]: Required value"`);
    expect(refusal({ resources: { requests: { storage: '0' } } })).toMatchInlineSnapshot(
      `"spec.resources[storage]: Invalid value: "0": must be greater than zero"`,
    );
    expect(refusal({ storageClassName: 'Fast' })).toMatchInlineSnapshot(
      `"spec.storageClassName: Invalid value: "Fast": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"`,
    );
    expect(refusal({ dataSource: { kind: 'Pod', name: 'a' } })).toMatchInlineSnapshot(`""`);
    expect(refusal({ volumeMode: 'Tape' })).toMatchInlineSnapshot(
      `"spec.volumeMode: Unsupported value: "Tape": supported values: "Block", "Filesystem""`,
    );
  });

  test('do not change but for their size', () => {
    const old = stored(persistentVolumeClaim, claim({}));
    const bound = {
      ...old,
      spec: { ...old.spec, volumeName: 'disk-1' },
      status: { phase: 'Bound', capacity: { storage: '1Gi' } },
    };
    const more = ({ spec }: any) => (spec.resources.requests.storage = '2Gi');
    const less = ({ spec }: any) => (spec.resources.requests.storage = '500Mi');
    const first = (errors: string[]) => errors.map((error) => error.split('\n')[0]).join('\n');
    expect(update(persistentVolumeClaim, bound, more).errors).toEqual([]);
    expect(first(update(persistentVolumeClaim, bound, less).errors)).toMatchInlineSnapshot(
      `"spec.resources.requests.storage: Forbidden: field can not be less than status.capacity"`,
    );
    expect(first(update(persistentVolumeClaim, old, more).errors)).toMatchInlineSnapshot(
      `"spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims"`,
    );
    expect(
      first(update(persistentVolumeClaim, bound, ({ spec }) => (spec.accessModes = ['ReadOnlyMany'])).errors),
    ).toMatchInlineSnapshot(
      `"spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims"`,
    );
  });

  test('are shown', () => {
    const { object } = create(persistentVolumeClaim, claim({ storageClassName: 'fast' }));
    expect(row(persistentVolumeClaim, object)).toMatchObject({
      Status: 'Pending',
      Volume: '',
      Capacity: '',
      'Access Modes': '',
    });
    object.spec.volumeName = 'disk-1';
    object.status = { phase: 'Bound', capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'] };
    expect(row(persistentVolumeClaim, object)).toMatchObject({
      Status: 'Bound',
      Volume: 'disk-1',
      Capacity: '1Gi',
      'Access Modes': 'RWO',
      StorageClass: 'fast',
    });
    object.metadata.deletionTimestamp = created;
    expect(row(persistentVolumeClaim, object)).toMatchObject({ Status: 'Terminating' });
  });
});
