import { expect, test } from 'vitest';
import { findResource } from '../resources.ts';
import { create, row, stored, update } from '../testing.ts';
import { isDefault } from './storage_class.ts';

const kind = (resource: string) => findResource('storage.k8s.io', resource)!;
const storageClass = kind('storageclasses');
const csiDriver = kind('csidrivers');
const csiNode = kind('csinodes');
const capacity = kind('csistoragecapacities');
const attachment = kind('volumeattachments');
const attributesClass = kind('volumeattributesclasses');

test('storage classes', () => {
  const given = (change: object = {}) => ({ provisioner: 'disk.example.com', ...change });
  const refusal = (change: object) => create(storageClass, given(change)).errors.join('\n');
  const old = stored(storageClass, given({ parameters: { a: 'b' } }));
  expect(old).toMatchObject({ reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' });
  expect(refusal({ provisioner: '' })).toMatchInlineSnapshot(`"provisioner: Required value"`);
  expect(refusal({ provisioner: 'a b' })).toMatchInlineSnapshot(
    `"provisioner: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"`,
  );
  expect(refusal({ parameters: { '': 'b' } })).toMatchInlineSnapshot(
    `"parameters: Invalid value: "": field can not be empty."`,
  );
  expect(refusal({ reclaimPolicy: 'Keep' })).toMatchInlineSnapshot(
    `"reclaimPolicy: Unsupported value: "Keep": supported values: "Delete", "Retain""`,
  );
  expect(refusal({ volumeBindingMode: 'Later' })).toMatchInlineSnapshot(
    `"volumeBindingMode: Unsupported value: "Later": supported values: "Immediate", "WaitForFirstConsumer""`,
  );
  const change = (run: (next: any) => void) => update(storageClass, old, run).errors.join('\n');
  expect(change((next) => (next.parameters = {}))).toMatchInlineSnapshot(
    `"parameters: Invalid value: {}: field is immutable"`,
  );
  expect(change((next) => (next.provisioner = 'b.c'))).toMatchInlineSnapshot(
    `"provisioner: Invalid value: "b.c": field is immutable"`,
  );
  expect(change((next) => (next.reclaimPolicy = 'Retain'))).toMatchInlineSnapshot(
    `"reclaimPolicy: Invalid value: "Retain": field is immutable"`,
  );
  expect(change((next) => (next.allowVolumeExpansion = true))).toBe('');
  const annotations = { 'storageclass.kubernetes.io/is-default-class': 'true' };
  const shown: any = create(storageClass, given({ metadata: { name: 'fast', annotations } })).object;
  expect(isDefault(shown)).toBe(true);
  expect(row(storageClass, shown)).toMatchObject({
    Name: 'fast (default)',
    Provisioner: 'disk.example.com',
    ReclaimPolicy: 'Delete',
    VolumeBindingMode: 'Immediate',
    AllowVolumeExpansion: false,
  });
});

test('csi drivers', () => {
  const { object } = create(csiDriver, { metadata: { name: 'disk.example.com' }, spec: {} });
  expect(object.spec).toMatchObject({
    attachRequired: true,
    podInfoOnMount: false,
    storageCapacity: false,
    fsGroupPolicy: 'ReadWriteOnceWithFSType',
    volumeLifecycleModes: ['Persistent'],
    requiresRepublish: false,
    seLinuxMount: false,
  });
  const refusal = (spec: object) =>
    create(csiDriver, { metadata: { name: 'disk.example.com' }, spec }).errors.join('\n');
  expect(refusal({ fsGroupPolicy: 'Any' })).toMatchInlineSnapshot(
    `"spec.fsGroupPolicy: Unsupported value: "Any": supported values: "File", "None", "ReadWriteOnceWithFSType""`,
  );
  expect(refusal({ volumeLifecycleModes: ['Forever'] })).toMatchInlineSnapshot(
    `"spec.volumeLifecycleModes: Unsupported value: "Forever": supported values: "Persistent", "Ephemeral""`,
  );
  expect(refusal({ tokenRequests: [{ audience: 'a' }, { audience: 'a' }] })).toMatchInlineSnapshot(
    `"spec.tokenRequests[1].audience: Duplicate value: "a""`,
  );
  const old = stored(csiDriver, { metadata: { name: 'disk.example.com' }, spec: {} });
  expect(
    update(csiDriver, old, ({ spec }) => (spec.attachRequired = false)).errors.join('\n'),
  ).toMatchInlineSnapshot(`"spec.attachedRequired: Invalid value: false: field is immutable"`);
});

test('csi nodes', () => {
  const driver = { name: 'disk.example.com', nodeID: 'node-1', topologyKeys: ['example.com/zone'] };
  const refusal = (...drivers: object[]) => create(csiNode, { spec: { drivers } }).errors.join('\n');
  expect(refusal(driver)).toBe('');
  expect(refusal(driver, driver)).toMatchInlineSnapshot(
    `"spec.drivers[1].name: Duplicate value: "disk.example.com""`,
  );
  expect(refusal({ ...driver, nodeID: '' })).toMatchInlineSnapshot(
    `"spec.drivers[0].nodeID: Required value"`,
  );
  expect(refusal({ ...driver, allocatable: { count: -1 } })).toMatchInlineSnapshot(
    `"spec.drivers[0].allocatable.count: Invalid value: -1: must be greater than or equal to 0"`,
  );
  const old = stored(csiNode, { spec: { drivers: [driver] } });
  expect(update(csiNode, old, ({ spec }) => (spec.drivers[0].nodeID = 'b')).errors).toHaveLength(1);
  expect(row(csiNode, old)).toMatchObject({ Drivers: 1 });
});

test('capacities', () => {
  const refusal = (change: object) =>
    create(capacity, { storageClassName: 'fast', ...change }).errors.join('\n');
  expect(refusal({ capacity: '10Gi' })).toBe('');
  expect(refusal({ capacity: '-1' })).toMatchInlineSnapshot(
    `"capacity: Invalid value: "-1": must be greater than or equal to 0"`,
  );
  expect(refusal({ storageClassName: '' })).toMatchInlineSnapshot(
    `"storageClassName: Invalid value: "": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"`,
  );
  const old = stored(capacity, { storageClassName: 'fast' });
  expect(
    update(capacity, old, (next) => (next.storageClassName = 'slow')).errors.join('\n'),
  ).toMatchInlineSnapshot(`"storageClassName: Invalid value: "slow": field is immutable"`);
});

test('attachments', () => {
  const given = (change: object = {}) => ({
    spec: {
      attacher: 'disk.example.com',
      nodeName: 'node-1',
      source: { persistentVolumeName: 'disk-1' },
      ...change,
    },
  });
  const refusal = (change: object) => create(attachment, given(change)).errors.join('\n');
  expect(refusal({})).toBe('');
  expect(refusal({ attacher: '' })).toMatchInlineSnapshot(`"spec.attacher: Required value"`);
  expect(refusal({ source: {} })).toMatchInlineSnapshot(
    `"spec.source: Required value: must specify exactly one of inlineVolumeSpec and persistentVolumeName"`,
  );
  expect(refusal({ nodeName: '' })).toMatchInlineSnapshot(
    `"spec.nodeName: Invalid value: "": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"`,
  );
  const old = stored(attachment, given());
  expect(old.status).toEqual({ attached: false });
  expect(update(attachment, old, ({ spec }) => (spec.nodeName = 'node-2')).errors).toHaveLength(1);
  const attached = update(attachment, old, (next) => (next.status = { attached: true }), 'status');
  expect(attached).toMatchObject({ errors: [], object: { status: { attached: true } } });
  expect(row(attachment, attached.object)).toMatchObject({
    Attacher: 'disk.example.com',
    PV: 'disk-1',
    Node: 'node-1',
    Attached: true,
  });
});

test('classes of attributes', () => {
  const refusal = (change: object) =>
    create(attributesClass, {
      driverName: 'disk.example.com',
      parameters: { iops: '1' },
      ...change,
    }).errors.join('\n');
  expect(refusal({})).toBe('');
  expect(refusal({ parameters: {} })).toMatchInlineSnapshot(
    `"parameters: Required value: must contain at least one key/value pair"`,
  );
  expect(refusal({ driverName: '' })).toMatchInlineSnapshot(`"driverName: Required value"`);
});
