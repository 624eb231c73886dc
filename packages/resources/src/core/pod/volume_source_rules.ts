// What each kind of volume must say, in the order in which upstream looks for a source.
import {
  type FieldError,
  forbiddenField,
  invalidValue,
  notSupported,
  parseQuantity,
  required,
  type Volume,
} from '@kubets/api';
import { validateClaimTemplate } from '../persistent_volume_claim_rules.ts';
import { validateCsiDriverName } from '../volume_rules.ts';
import { validateDescendingPath, validateFileMode, validateNoBacksteps } from './validate_path.ts';
import { validateProjected } from './validate_projected.ts';
import { validateDownwardFile, validateItems } from './validate_volume_files.ts';

type Source<K extends keyof Volume> = NonNullable<Volume[K]>;
type Rule<K extends keyof Volume> = (source: Source<K>, path: string) => FieldError[];

/** Each of these must be there and not be empty. */
function mustHave<T extends object>(
  ...fields: (keyof T & string)[]
): (source: T, path: string) => FieldError[] {
  return (source, path) =>
    fields.filter((field) => isEmpty(source[field])).map((field) => required(`${path}.${field}`));
}

function isEmpty(value: unknown): boolean {
  return !value || (Array.isArray(value) && value.length === 0);
}

export const volumeSourceRules: { [K in Exclude<keyof Volume, 'name'>]: Rule<K> } = {
  emptyDir: ({ sizeLimit }, path) =>
    sizeLimit !== undefined && parseQuantity(sizeLimit).sign() < 0
      ? [forbiddenField(`${path}.sizeLimit`, 'SizeLimit field must be a valid resource quantity')]
      : [],
  hostPath: (source, path) => validateHostPath(source, path),
  gitRepo: (source, path) => [
    ...mustHave<Source<'gitRepo'>>('repository')(source, path),
    ...validateDescendingPath(source.directory ?? '', `${path}.directory`),
  ],
  gcePersistentDisk: mustHave('pdName'),
  awsElasticBlockStore: mustHave('volumeID'),
  secret: (source, path) => [
    ...mustHave<Source<'secret'>>('secretName')(source, path),
    ...validateFileMode(source.defaultMode, `${path}.defaultMode`),
    ...validateItems(source.items, `${path}.items`),
  ],
  nfs: (source, path) => [
    ...mustHave<Source<'nfs'>>('server', 'path')(source, path),
    ...(source.path?.startsWith('/')
      ? []
      : [invalidValue(`${path}.path`, source.path ?? '', 'must be an absolute path')]),
  ],
  iscsi: mustHave('targetPortal', 'iqn'),
  glusterfs: mustHave('endpoints', 'path'),
  flocker: ({ datasetName, datasetUUID }, path) =>
    datasetName || datasetUUID ? [] : [required(path, 'one of datasetName and datasetUUID is required')],
  persistentVolumeClaim: mustHave('claimName'),
  rbd: mustHave('monitors', 'image'),
  cinder: mustHave('volumeID'),
  cephfs: mustHave('monitors'),
  quobyte: mustHave('registry', 'volume'),
  downwardAPI: (source, path) => [
    ...validateFileMode(source.defaultMode, `${path}.defaultMode`),
    ...(source.items ?? []).flatMap((file) => validateDownwardFile(file, path)),
  ],
  fc: ({ targetWWNs, wwids, lun }, path) => {
    const targets = targetWWNs?.length ?? 0;
    if (targets === 0 && !wwids?.length)
      return [required(`${path}.targetWWNs`, 'must specify either targetWWNs or wwids, but not both')];
    if (targets > 0 && lun === undefined)
      return [required(`${path}.lun`, 'lun is required if targetWWNs is specified')];
    return [];
  },
  flexVolume: mustHave('driver'),
  configMap: (source, path) => [
    ...mustHave<Source<'configMap'>>('name')(source, path),
    ...validateFileMode(source.defaultMode, `${path}.defaultMode`),
    ...validateItems(source.items, `${path}.items`),
  ],
  azureFile: mustHave('secretName', 'shareName'),
  vsphereVolume: mustHave('volumePath'),
  photonPersistentDisk: mustHave('pdID'),
  portworxVolume: mustHave('volumeID'),
  azureDisk: mustHave('diskName', 'diskURI'),
  storageos: mustHave('volumeName'),
  projected: validateProjected,
  scaleIO: mustHave('gateway', 'system', 'volumeName'),
  csi: ({ driver = '', nodePublishSecretRef: secret }, path) => [
    ...validateCsiDriverName(driver, `${path}.driver`),
    ...(secret && !secret.name ? [required(`${path}.nodePublishSecretRef.name`)] : []),
  ],
  ephemeral: ({ volumeClaimTemplate }, path) =>
    volumeClaimTemplate
      ? validateClaimTemplate(volumeClaimTemplate, `${path}.volumeClaimTemplate`)
      : [required(`${path}.volumeClaimTemplate`)],
  image: ({ reference, pullPolicy }, path) => {
    const errors = reference ? [] : [required(`${path}.reference`)];
    if (!pullPolicy) errors.push(required(`${path}.pullPolicy`));
    else if (!['Always', 'IfNotPresent', 'Never'].includes(pullPolicy))
      errors.push(notSupported(`${path}.pullPolicy`, pullPolicy, ['Always', 'IfNotPresent', 'Never']));
    return errors;
  },
};

const hostPathTypes = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
];

export function validateHostPath(source: Source<'hostPath'>, path: string): FieldError[] {
  if (!source.path) return [required(`${path}.path`)];
  const errors = validateNoBacksteps(source.path, `${path}.path`);
  if (source.type !== undefined && !hostPathTypes.includes(source.type))
    errors.push(notSupported(`${path}.type`, source.type, hostPathTypes));
  return errors;
}
