// Where a PersistentVolume's bytes are: exactly one of these.
import {
  type FieldError,
  forbiddenField,
  type PersistentVolumeSpec,
  required,
  type Volume,
} from '@kubets/api';
import { validateNoBacksteps } from './pod/validate_path.ts';
import { validateHostPath, volumeSourceRules } from './pod/volume_source_rules.ts';
import { validateCsiDriverName, validateSecretReference } from './volume_rules.ts';

type Sources = Pick<PersistentVolumeSpec, SourceName>;
type SourceName = (typeof sourceNames)[number];

const sourceNames = [
  'hostPath',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'glusterfs',
  'flocker',
  'nfs',
  'rbd',
  'quobyte',
  'cephfs',
  'iscsi',
  'cinder',
  'fc',
  'flexVolume',
  'azureFile',
  'vsphereVolume',
  'photonPersistentDisk',
  'portworxVolume',
  'azureDisk',
  'scaleIO',
  'local',
  'storageos',
  'csi',
] as const;

export function sourceOf(spec: PersistentVolumeSpec): Sources {
  const found: Record<string, unknown> = {};
  for (const name of sourceNames) if (spec[name] != null) found[name] = spec[name];
  return found as Sources;
}

export function validateSource(spec: PersistentVolumeSpec, path: string): FieldError[] {
  const [first, ...more] = Object.keys(sourceOf(spec)) as SourceName[];
  if (!first) return [required(path, 'must specify a volume type')];
  return [
    ...validateOne(spec, first, `${path}.${first}`),
    ...more.map((name) => forbiddenField(`${path}.${name}`, 'may not specify more than 1 volume type')),
    ...validateRecycle(spec, path),
  ];
}

function validateOne(spec: PersistentVolumeSpec, name: SourceName, path: string): FieldError[] {
  if (name === 'csi') return validateCsi(spec.csi!, path);
  if (name === 'local') return validateLocal(spec, path);
  if (name === 'hostPath') return validateHostPath(spec.hostPath!, path);
  // The rest ask for the same fields as the volumes of pods do.
  const rule = volumeSourceRules[name as keyof typeof volumeSourceRules];
  return rule(spec[name] as NonNullable<Volume[keyof Volume]> as never, path);
}

function validateCsi(csi: NonNullable<PersistentVolumeSpec['csi']>, path: string): FieldError[] {
  return [
    ...validateCsiDriverName(csi.driver ?? '', `${path}.driver`),
    ...(csi.volumeHandle ? [] : [required(`${path}.volumeHandle`)]),
    ...(
      [
        'controllerPublishSecretRef',
        'controllerExpandSecretRef',
        'nodePublishSecretRef',
        'nodeExpandSecretRef',
      ] as const
    ).flatMap((field) => validateSecretReference(csi[field], `${path}.${field}`)),
  ];
}

function validateLocal({ local, nodeAffinity }: PersistentVolumeSpec, path: string): FieldError[] {
  return [
    ...(local!.path ? validateNoBacksteps(local!.path, `${path}.path`) : [required(`${path}.path`)]),
    // A disk of one node can't be used on another.
    ...(nodeAffinity?.required ? [] : [required('spec.nodeAffinity', 'Local volume requires node affinity')]),
  ];
}

function validateRecycle(
  { hostPath, persistentVolumeReclaimPolicy }: PersistentVolumeSpec,
  path: string,
): FieldError[] {
  const isRoot = hostPath !== undefined && /^\/+(\.\/*)*$/.test(hostPath.path ?? '');
  return isRoot && persistentVolumeReclaimPolicy === 'Recycle'
    ? [
        forbiddenField(
          `${path}.persistentVolumeReclaimPolicy`,
          "may not be 'recycle' for a hostPath mount of '/'",
        ),
      ]
    : [];
}
