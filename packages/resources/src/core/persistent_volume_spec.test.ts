import { describe, expect, test } from 'vitest';
import { volumeAttachment } from '../storage/volume_attachment.ts';
import { create, texts } from '../testing.ts';
import { persistentVolume } from './persistent_volume.ts';

const spec = { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'] };

function errors(source: object): string[] {
  return create(persistentVolume, { metadata: { name: 'v' }, spec: { ...spec, ...source } }).errors;
}

const iscsi = { targetPortal: '1.2.3.4', iqn: 'iqn.2015-02.example.com:test', lun: 0 };

describe('sources that only volumes have', () => {
  test.each<[object, string[]]>([
    [{ iscsi }, []],
    [{ iscsi: { ...iscsi, iqn: 'x' } }, ['spec.iscsi.iqn: Invalid value: "x": must be valid format']],
    [
      { iscsi: { ...iscsi, lun: 256 } },
      ['spec.iscsi.lun: Invalid value: 256: must be between 0 and 255, inclusive'],
    ],
    [{ iscsi: { ...iscsi, chapAuthSession: true } }, ['spec.iscsi.secretRef: Required value']],
    [
      { iscsi: { ...iscsi, initiatorName: '' } },
      ['spec.iscsi.initiatorname: Invalid value: "": must be valid format'],
    ],
    [
      { fc: { targetWWNs: ['a'], wwids: ['b'], lun: 1 } },
      ['spec.fc.targetWWNs: Invalid value: ["a"]: targetWWNs and wwids can not be specified simultaneously'],
    ],
    [
      { gcePersistentDisk: { pdName: 'p', partition: -1 } },
      ['spec.persistentDisk.partition: Invalid value: -1: must be between 1 and 255, inclusive'],
    ],
    [
      { azureDisk: { diskName: 'd', diskURI: 'x', kind: 'Managed' } },
      [
        'spec.azureDisk.diskURI: Unsupported value: "x": supported values: "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}"',
      ],
    ],
    [
      { quobyte: { registry: 'a', volume: 'v' } },
      [
        'spec.quobyte.registry: Invalid value: "a": must be a host:port pair or multiple pairs separated by commas',
      ],
    ],
    [
      { azureFile: { secretName: 's', shareName: 'h', secretNamespace: '' } },
      ['spec.azureFile.secretNamespace: Required value'],
    ],
    [
      { cinder: { volumeID: 'v', secretRef: {} } },
      ['spec.cinder.secretRef.name: Required value', 'spec.cinder.secretRef.namespace: Required value'],
    ],
    [
      { cephfs: { monitors: ['m'] }, hostPath: { path: '/a' } },
      ['spec.cephFS: Forbidden: may not specify more than 1 volume type'],
    ],
    [{ flexVolume: { driver: 'a/b' }, hostPath: { path: '/a' } }, []],
  ])('%j', (source, expected) => {
    expect(errors(source)).toEqual(expected);
  });
});

test('an update is held to the rules twice', () => {
  const old = create(persistentVolume, {
    metadata: { name: 'v' },
    spec: { ...spec, hostPath: { path: '/a' } },
  }).object;
  old.metadata.resourceVersion = '1';
  const next = { ...old, spec: { ...old.spec, accessModes: [] } };
  expect(texts(persistentVolume.validateUpdate(next, old))).toEqual([
    'spec.accessModes: Required value',
    'spec.accessModes: Required value',
  ]);
});

test.each<[object, string[]]>([
  [{}, []],
  [
    { capacity: { storage: '1Gi' } },
    [
      'spec.source.inlineVolumeSpec.capacity: Forbidden: may not be specified in the context of inline volumes',
    ],
  ],
  [
    { persistentVolumeReclaimPolicy: 'Delete' },
    [
      'spec.source.inlineVolumeSpec.persistentVolumeReclaimPolicy: Forbidden: may only be Retain in the context of inline volumes',
    ],
  ],
  [
    { storageClassName: 'a' },
    [
      'spec.source.inlineVolumeSpec.storageClassName: Forbidden: may not be specified in the context of inline volumes',
    ],
  ],
])('inline in an attachment: %j', (change, expected) => {
  const inlineVolumeSpec = {
    accessModes: ['ReadWriteOnce'],
    csi: { driver: 'csi.example.com', volumeHandle: 'h' },
    ...change,
  };
  const attachment = {
    metadata: { name: 'a' },
    spec: { attacher: 'csi.example.com', nodeName: 'n', source: { inlineVolumeSpec } },
  };
  expect(create(volumeAttachment, attachment).errors).toEqual(expected);
});
