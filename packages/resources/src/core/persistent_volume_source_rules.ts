// What the sources that only PersistentVolumes have, or have in another form than pods, must say. Most of their drivers
// have left the tree; the API still holds such volumes to these rules.
import { type FieldError, invalidValue, type PersistentVolumeSpec, required } from '@kubets/api';
import { dns1123Label } from '../rules/names.ts';
import {
  iscsiNameForm,
  validateAzureDisk,
  validateDisk,
  validateFc,
  validateFlexVolume,
  validateLun,
  validateQuobyte,
} from './pod/storage_volume_rules.ts';

type Source<K extends keyof PersistentVolumeSpec> = NonNullable<PersistentVolumeSpec[K]>;

export const volumeOnlyRules: {
  [K in keyof PersistentVolumeSpec]?: (source: Source<K>, path: string, volumeName: string) => FieldError[];
} = {
  gcePersistentDisk: ({ pdName, partition }, path) => validateDisk(partition, pdName, path, 'pdName'),
  awsElasticBlockStore: ({ volumeID, partition }, path) =>
    validateDisk(partition, volumeID, path, 'volumeID'),
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
  quobyte: validateQuobyte,
  iscsi: validateIscsi,
  cinder: ({ volumeID, secretRef }, path) => [
    ...mustHave({ volumeID }, path),
    ...validateSecret(secretRef, path),
  ],
  fc: validateFc,
  flexVolume: validateFlexVolume,
  azureFile: ({ secretName, shareName, secretNamespace }, path) => [
    ...mustHave({ secretName, shareName }, path),
    ...(secretNamespace === '' ? [required(`${path}.secretNamespace`)] : []),
  ],
  azureDisk: validateAzureDisk,
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

function validateLabelName(name: string | undefined, path: string): FieldError[] {
  return name === undefined ? [] : dns1123Label(name).map((message) => invalidValue(path, name, message));
}

function validateSecret(
  secret: { name?: string; namespace?: string } | undefined,
  path: string,
): FieldError[] {
  return secret ? mustHave({ name: secret.name, namespace: secret.namespace }, `${path}.secretRef`) : [];
}

function isNodeName(name: string): boolean {
  return iscsiNameForm(name)?.test(name) ?? false;
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
  errors.push(...validateLun(lun, `${path}.lun`));
  if ((source.chapAuthDiscovery || source.chapAuthSession) && !secretRef)
    errors.push(required(`${path}.secretRef`));
  if (secretRef && !secretRef.name) errors.push(required(`${path}.secretRef.name`));
  if (initiatorName !== undefined && !isNodeName(initiatorName))
    errors.push(invalidValue(`${path}.initiatorname`, initiatorName, 'must be valid format'));
  return errors;
}
