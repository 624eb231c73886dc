// Where a PersistentVolume's bytes are: exactly one of these.
import {
  type FieldError,
  forbiddenField,
  type PersistentVolumeSpec,
  required,
  type Volume,
} from '@kubets/api';
import { volumeOnlyRules } from './persistent_volume_source_rules.ts';
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

export function validateSource(spec: PersistentVolumeSpec, path: string, volumeName: string): FieldError[] {
  const names = Object.keys(sourceOf(spec)) as SourceName[];
  if (names.length === 0) return [required(path, 'must specify a volume type')];
  return names.flatMap((name, i) =>
    // A flexVolume has never been told that it is one too many.
    i === 0 || name === 'flexVolume'
      ? validateOne(spec, name, path, volumeName)
      : [forbiddenField(`${path}.${shownName(name)}`, 'may not specify more than 1 volume type')],
  );
}

function validateOne(
  spec: PersistentVolumeSpec,
  name: SourceName,
  path: string,
  volumeName: string,
): FieldError[] {
  const at = `${path}.${name === 'gcePersistentDisk' ? 'persistentDisk' : name}`;
  if (name === 'csi') return validateCsi(spec.csi!, at);
  if (name === 'local') return validateLocal(spec, path);
  if (name === 'hostPath') return validateHostPath(spec.hostPath!, at);
  const own = volumeOnlyRules[name];
  if (own) return own(spec[name] as never, at, volumeName);
  // The rest ask for the same fields as the volumes of pods do.
  const rule = volumeSourceRules[name as keyof typeof volumeSourceRules];
  return rule(spec[name] as NonNullable<Volume[keyof Volume]> as never, at);
}

function shownName(name: SourceName): string {
  return name === 'cephfs' ? 'cephFS' : name;
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
  const at = `${path}.local.path`;
  return [
    ...(local!.path ? validateNoBacksteps(local!.path, at) : [required(at)]),
    // A disk of one node can't be used on another.
    ...(nodeAffinity ? [] : [required(`${path}.nodeAffinity`, 'Local volume requires node affinity')]),
  ];
}

export function validateRecycle(
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
