import { expect, test } from 'vitest';
import { create } from '../../testing.ts';
import { pod } from './pod.ts';

const v = 'spec.volumes[0]';
const iscsi = { targetPortal: '1.2.3.4', iqn: 'iqn.2015-02.example.com:test', lun: 0 };
const azure = { diskName: 'd', diskURI: 'https://x/y' };

type Case = [name: string, volume: object, errors: string[]];

const cases: Case[] = [
  ['iscsi', { iscsi }, []],
  [
    'iscsi, a name of no form',
    { iscsi: { ...iscsi, iqn: 'x' } },
    [`${v}.iscsi.iqn: Invalid value: "x": must be valid format starting with iqn, eui, or naa`],
  ],
  [
    'iscsi, a bad name',
    { iscsi: { ...iscsi, iqn: 'iqn.x' } },
    [`${v}.iscsi.iqn: Invalid value: "iqn.x": must be valid format`],
  ],
  [
    'iscsi, too many luns',
    { iscsi: { ...iscsi, lun: 256 } },
    [`${v}.iscsi.lun: Invalid value: 256: must be between 0 and 255, inclusive`],
  ],
  [
    'iscsi, a secret is missing',
    { iscsi: { ...iscsi, chapAuthSession: true } },
    [`${v}.iscsi.secretRef: Required value`],
  ],
  [
    'iscsi, names too long for an interface',
    { iscsi: { ...iscsi, targetPortal: 'a'.repeat(64), initiatorName: iscsi.iqn } },
    [
      `${v}.name: Invalid value: "v": Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.`,
    ],
  ],
  [
    'a disk without a name',
    { gcePersistentDisk: { partition: 256 } },
    [
      `${v}.persistentDisk.pdName: Required value`,
      `${v}.persistentDisk.partition: Invalid value: 256: must be between 1 and 255, inclusive`,
    ],
  ],
  [
    'fc, two kinds of targets',
    { fc: { targetWWNs: ['a'], wwids: ['b'], lun: 1 } },
    [`${v}.fc.targetWWNs: Invalid value: ["a"]: targetWWNs and wwids can not be specified simultaneously`],
  ],
  [
    'quobyte, no registry',
    { quobyte: { volume: 'v' } },
    [`${v}.quobyte.registry: Required value: must be a host:port pair or multiple pairs separated by commas`],
  ],
  [
    'quobyte, no ports',
    { quobyte: { volume: 'v', registry: 'a:1,b' } },
    [
      `${v}.quobyte.registry: Invalid value: "a:1,b": must be a host:port pair or multiple pairs separated by commas`,
    ],
  ],
  ['quobyte, IPv6', { quobyte: { volume: 'v', registry: '[::1]:7861' } }, []],
  [
    'flocker, both',
    { flocker: { datasetName: 'a/b', datasetUUID: 'u' } },
    [
      `${v}.flocker: Invalid value: "resource": datasetName and datasetUUID can not be specified simultaneously`,
      `${v}.flocker.datasetName: Invalid value: "a/b": must not contain '/'`,
    ],
  ],
  [
    'flexVolume, reserved options',
    { flexVolume: { driver: 'a/b', options: { 'x.k8s.io/a': 'b' } } },
    [
      `${v}.flexVolume.options[x.k8s.io/a]: Invalid value: "x.k8s.io/a": kubernetes.io and k8s.io namespaces are reserved`,
    ],
  ],
  ['azureDisk', { azureDisk: azure }, []],
  [
    'azureDisk, unknown words',
    { azureDisk: { ...azure, cachingMode: 'x', kind: 'y' } },
    [
      `${v}.azureDisk.cachingMode: Unsupported value: "x": supported values: "None", "ReadOnly", "ReadWrite"`,
      `${v}.azureDisk.kind: Unsupported value: "y": supported values: "Dedicated", "Managed", "Shared"`,
    ],
  ],
  [
    'azureDisk, a URI of the other kind',
    { azureDisk: { ...azure, kind: 'Managed' } },
    [
      `${v}.azureDisk.diskURI: Unsupported value: "https://x/y": supported values: "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}"`,
    ],
  ],
  [
    'storageos, a secret without a name',
    { storageos: { volumeName: 'a', secretRef: {} } },
    [`${v}.storageos.secretRef.name: Required value`],
  ],
  [
    'cinder, a secret without a name',
    { cinder: { volumeID: 'a', secretRef: {} } },
    [`${v}.cinder.secretRef.name: Required value`],
  ],
  [
    'two sources',
    { hostPath: { path: '/a' }, cephfs: { monitors: ['a'] }, downwardAPI: {} },
    [
      `${v}.cephFS: Forbidden: may not specify more than 1 volume type`,
      `${v}.downwarAPI: Forbidden: may not specify more than 1 volume type`,
    ],
  ],
];

test.each(cases)('%s', (_, volume, errors) => {
  const spec = { containers: [{ name: 'web', image: 'nginx' }], volumes: [{ name: 'v', ...volume }] };
  expect(create(pod, { spec } as any).errors).toEqual(errors);
});
