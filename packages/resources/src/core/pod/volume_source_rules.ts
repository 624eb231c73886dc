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
import { dns1123Subdomain } from '../../rules/names.ts';
import { validateClaimTemplate } from '../persistent_volume_claim_rules.ts';
import { validateCsiDriverName } from '../volume_rules.ts';
import {
  mustHave,
  validateAzureDisk,
  validateDisk,
  validateFc,
  validateFlexVolume,
  validateFlocker,
  validateIscsi,
  validateQuobyte,
  validateSecretName,
  validateStorageOs,
} from './storage_volume_rules.ts';
import { validateDescendingPath, validateFileMode, validateNoBacksteps } from './validate_path.ts';
import { validateProjected } from './validate_projected.ts';
import { validateDownwardFile, validateItems } from './validate_volume_files.ts';

type Source<K extends keyof Volume> = NonNullable<Volume[K]>;
type Rule<K extends keyof Volume> = (source: Source<K>, path: string) => FieldError[];

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
  gcePersistentDisk: ({ partition, pdName }, path) => validateDisk(partition, pdName, path, 'pdName'),
  awsElasticBlockStore: ({ partition, volumeID }, path) =>
    validateDisk(partition, volumeID, path, 'volumeID'),
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
  iscsi: validateIscsi,
  glusterfs: mustHave('endpoints', 'path'),
  flocker: validateFlocker,
  persistentVolumeClaim: mustHave('claimName'),
  rbd: mustHave('monitors', 'image'),
  cinder: (source, path) => [
    ...mustHave<Source<'cinder'>>('volumeID')(source, path),
    ...validateSecretName(source.secretRef, `${path}.secretRef`),
  ],
  cephfs: mustHave('monitors'),
  quobyte: validateQuobyte,
  downwardAPI: (source, path) => [
    ...validateFileMode(source.defaultMode, `${path}.defaultMode`),
    ...(source.items ?? []).flatMap((file) => validateDownwardFile(file, path)),
  ],
  fc: validateFc,
  flexVolume: validateFlexVolume,
  configMap: (source, path) => [
    ...mustHave<Source<'configMap'>>('name')(source, path),
    ...validateFileMode(source.defaultMode, `${path}.defaultMode`),
    ...validateItems(source.items, `${path}.items`),
  ],
  azureFile: mustHave('secretName', 'shareName'),
  vsphereVolume: mustHave('volumePath'),
  photonPersistentDisk: mustHave('pdID'),
  portworxVolume: mustHave('volumeID'),
  azureDisk: validateAzureDisk,
  storageos: validateStorageOs,
  projected: validateProjected,
  scaleIO: mustHave('gateway', 'system', 'volumeName'),
  csi: ({ driver = '', nodePublishSecretRef: secret }, path) => [
    ...validateCsiDriverName(driver, `${path}.driver`),
    ...validateSecretName(secret, `${path}.nodePublishSecretRef`),
    // The path of a bad name is upstream's.
    ...(secret?.name
      ? dns1123Subdomain(secret.name).map((message) => invalidValue(`${path}.name`, secret.name, message))
      : []),
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
