// What the sources that only PersistentVolumes have, or have in another form than pods, must say. Most of their drivers
// have left the tree; the API still holds such volumes to these rules.
import {
  type FieldError,
  invalidValue,
  notSupported,
  type PersistentVolumeSpec,
  required,
} from '@kubets/api';
import { dns1123Label } from '../rules/names.ts';

type Source<K extends keyof PersistentVolumeSpec> = NonNullable<PersistentVolumeSpec[K]>;

export const volumeOnlyRules: {
  [K in keyof PersistentVolumeSpec]?: (source: Source<K>, path: string, volumeName: string) => FieldError[];
} = {
  gcePersistentDisk: ({ pdName, partition }, path) => [
    ...mustHave({ pdName }, path),
    ...validatePartition(partition, path),
  ],
  awsElasticBlockStore: ({ volumeID, partition }, path) => [
    ...mustHave({ volumeID }, path),
    ...validatePartition(partition, path),
  ],
  glusterfs: ({ endpoints, path: at, endpointsNamespace: namespace }, path) => [
    ...mustHave({ endpoints, path: at }, path),
    ...(namespace === ''
      ? [
          invalidValue(
            `${path}.endpointsNamespace`,
            '',
            'if the endpointnamespace is set, it must be a valid namespace name',
          ),
        ]
      : validateLabelName(namespace, `${path}.endpointsNamespace`)),
  ],
  quobyte: (source, path) => validateQuobyte(source, path),
  iscsi: (source, path, volumeName) => validateIscsi(source, path, volumeName),
  cinder: ({ volumeID, secretRef }, path) => [
    ...mustHave({ volumeID }, path),
    ...validateSecret(secretRef, path),
  ],
  fc: (source, path) => validateFc(source, path),
  flexVolume: ({ driver, options }, path) => [
    ...mustHave({ driver }, path),
    ...Object.keys(options ?? {})
      .filter((key) =>
        /(^|\.)(kubernetes|k8s)\.io$/i.test(key.split('/').length > 1 ? key.split('/')[0]! : key),
      )
      .map((key) =>
        invalidValue(`${path}.options[${key}]`, key, 'kubernetes.io and k8s.io namespaces are reserved'),
      ),
  ],
  azureFile: ({ secretName, shareName, secretNamespace }, path) => [
    ...mustHave({ secretName, shareName }, path),
    ...(secretNamespace === '' ? [required(`${path}.secretNamespace`)] : []),
  ],
  azureDisk: (source, path) => validateAzureDisk(source, path),
  storageos: ({ volumeName, volumeNamespace, secretRef }, path) => [
    ...(volumeName ? validateLabelName(volumeName, `${path}.volumeName`) : [required(`${path}.volumeName`)]),
    ...validateLabelName(volumeNamespace || undefined, `${path}.volumeNamespace`),
    ...validateSecret(secretRef, path),
  ],
};

function mustHave(fields: Record<string, string | undefined>, path: string): FieldError[] {
  return Object.entries(fields)
    .filter(([, value]) => !value)
    .map(([field]) => required(`${path}.${field}`));
}

function validatePartition(partition = 0, path: string): FieldError[] {
  return partition < 0 || partition > 255
    ? [invalidValue(`${path}.partition`, partition, 'must be between 1 and 255, inclusive')]
    : [];
}

function validateLabelName(name: string | undefined, path: string): FieldError[] {
  return name === undefined ? [] : dns1123Label(name).map((message) => invalidValue(path, name, message));
}

function validateSecret(
  secret: { name?: string; namespace?: string } | undefined,
  path: string,
): FieldError[] {
  return secret ? mustHave({ name: secret.name, namespace: secret.namespace }, `${path}.secretRef`) : [];
}

function validateLun(lun: number, path: string): FieldError[] {
  return lun < 0 || lun > 255
    ? [invalidValue(`${path}.lun`, lun, 'must be between 0 and 255, inclusive')]
    : [];
}

function validateQuobyte({ registry, tenant = '', volume }: Source<'quobyte'>, path: string): FieldError[] {
  const pairs = 'must be a host:port pair or multiple pairs separated by commas';
  const errors: FieldError[] = [];
  if (!registry) errors.push(required(`${path}.registry`, pairs));
  else if (tenant.length >= 65)
    errors.push(required(`${path}.tenant`, 'must be a UUID and may not exceed a length of 64 characters'));
  else
    for (const pair of registry.split(','))
      if (!/^(\[[^[\]]*\]|[^:[\]]*):[^:[\]]*$/.test(pair))
        errors.push(invalidValue(`${path}.registry`, registry, pairs));
  return [...errors, ...mustHave({ volume }, path)];
}

/** Names of iSCSI nodes (RFC 3720, 3.2.6.3), each kind with its prefix. */
const initiatorForms = {
  iqn: /iqn\.\d{4}-\d{2}\.([A-Za-z0-9.-]+)(:[^,;*&$|\s]+)$/,
  eui: /^eui.[A-Za-z0-9]{16}$/,
  naa: /^naa.[A-Za-z0-9]{32}$/,
};

function isNodeName(name: string): boolean {
  const form = initiatorForms[name.slice(0, 3) as keyof typeof initiatorForms];
  return form?.test(name) ?? false;
}

function validateIscsi(source: Source<'iscsi'>, path: string, volumeName: string): FieldError[] {
  const { targetPortal = '', iqn, lun = 0, initiatorName, secretRef } = source;
  const errors = mustHave({ targetPortal }, path);
  if (initiatorName !== undefined && `${volumeName}:${targetPortal}`.length > 64)
    errors.push(
      invalidValue(
        `${path}.targetportal`,
        targetPortal,
        'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.',
      ),
    );
  if (!iqn) errors.push(required(`${path}.iqn`));
  else if (!isNodeName(iqn)) errors.push(invalidValue(`${path}.iqn`, iqn, 'must be valid format'));
  errors.push(...validateLun(lun, path));
  if ((source.chapAuthDiscovery || source.chapAuthSession) && !secretRef)
    errors.push(required(`${path}.secretRef`));
  if (secretRef && !secretRef.name) errors.push(required(`${path}.secretRef.name`));
  if (initiatorName !== undefined && !isNodeName(initiatorName))
    errors.push(invalidValue(`${path}.initiatorname`, initiatorName, 'must be valid format'));
  return errors;
}

function validateFc({ targetWWNs = [], wwids = [], lun }: Source<'fc'>, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const at = `${path}.targetWWNs`;
  if (targetWWNs.length === 0 && wwids.length === 0)
    errors.push(required(at, 'must specify either targetWWNs or wwids, but not both'));
  if (targetWWNs.length > 0 && wwids.length > 0)
    errors.push(invalidValue(at, targetWWNs, 'targetWWNs and wwids can not be specified simultaneously'));
  if (targetWWNs.length > 0)
    errors.push(
      ...(lun === undefined
        ? [required(`${path}.lun`, 'lun is required if targetWWNs is specified')]
        : validateLun(lun, path)),
    );
  return errors;
}

const cachingModes = ['None', 'ReadOnly', 'ReadWrite'];
const diskKinds = ['Dedicated', 'Managed', 'Shared'];
const managedDisk =
  '/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}';
const blobDisk = 'https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd';

function validateAzureDisk(source: Source<'azureDisk'>, path: string): FieldError[] {
  const { diskName, diskURI = '', cachingMode, kind } = source;
  const errors = mustHave({ diskName, diskURI }, path);
  if (cachingMode !== undefined && !cachingModes.includes(cachingMode))
    errors.push(notSupported(`${path}.cachingMode`, cachingMode, cachingModes));
  if (kind === undefined) return errors;
  if (!diskKinds.includes(kind)) errors.push(notSupported(`${path}.kind`, kind, diskKinds));
  const managed = kind === 'Managed';
  if (!diskURI.startsWith(managed ? '/subscriptions/' : 'https://'))
    errors.push(notSupported(`${path}.diskURI`, diskURI, [managed ? managedDisk : blobDisk]));
  return errors;
}
