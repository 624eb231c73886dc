// Volumes that storage systems of the network and clouds provide.
import { type FieldError, invalidValue, notSupported, required, type Volume } from '@kubets/api';
import { dns1123Label } from '../../rules/names.ts';
import { inRange } from '../../rules/numbers.ts';

type Source<K extends keyof Volume> = NonNullable<Volume[K]>;

/** Each of these must be there and not be empty. */
export function mustHave<T extends object>(
  ...fields: (keyof T & string)[]
): (source: T, path: string) => FieldError[] {
  return (source, path) =>
    fields.filter((field) => isEmpty(source[field])).map((field) => required(`${path}.${field}`));
}

function isEmpty(value: unknown): boolean {
  return !value || (Array.isArray(value) && value.length === 0);
}

/** Partition 0 is "none said". */
export function validateDisk(
  partition: number | undefined,
  id: string | undefined,
  path: string,
  field: string,
): FieldError[] {
  const errors = id ? [] : [required(`${path}.${field}`)];
  if (partition && inRange(partition, 1, 255).length > 0)
    errors.push(invalidValue(`${path}.partition`, partition, 'must be between 1 and 255, inclusive'));
  return errors;
}

export function validateLun(lun: number, path: string): FieldError[] {
  return inRange(lun, 0, 255).map((message) => invalidValue(path, lun, message));
}

/** Names of iSCSI nodes (RFC 3720, 3.2.6.3), each kind with its prefix. */
const iscsiNames = {
  iqn: /iqn\.\d{4}-\d{2}\.([A-Za-z0-9\-.]+)(:[^,;*&$|\s]+)$/,
  eui: /^eui.[A-Za-z0-9]{16}$/,
  naa: /^naa.[A-Za-z0-9]{32}$/,
};

/** Undefined for a name that begins like none. */
export function iscsiNameForm(name: string): RegExp | undefined {
  return iscsiNames[name.slice(0, 3) as keyof typeof iscsiNames];
}

function validateIscsiName(name: string, path: string): FieldError[] {
  const form = iscsiNameForm(name);
  if (!form) return [invalidValue(path, name, 'must be valid format starting with iqn, eui, or naa')];
  return form.test(name) ? [] : [invalidValue(path, name, 'must be valid format')];
}

export function validateIscsi(source: Source<'iscsi'>, path: string): FieldError[] {
  const errors = mustHave<Source<'iscsi'>>('targetPortal', 'iqn')(source, path);
  if (source.iqn) errors.push(...validateIscsiName(source.iqn, `${path}.iqn`));
  errors.push(...validateLun(source.lun ?? 0, `${path}.lun`));
  if ((source.chapAuthDiscovery || source.chapAuthSession) && !source.secretRef)
    errors.push(required(`${path}.secretRef`));
  if (source.initiatorName !== undefined)
    errors.push(...validateIscsiName(source.initiatorName, `${path}.initiatorname`));
  return errors;
}

export function validateFc({ targetWWNs, wwids, lun }: Source<'fc'>, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const targets = targetWWNs?.length ?? 0;
  const ids = wwids?.length ?? 0;
  if (targets === 0 && ids === 0)
    errors.push(required(`${path}.targetWWNs`, 'must specify either targetWWNs or wwids, but not both'));
  if (targets > 0 && ids > 0)
    errors.push(
      invalidValue(
        `${path}.targetWWNs`,
        targetWWNs,
        'targetWWNs and wwids can not be specified simultaneously',
      ),
    );
  if (targets === 0) return errors;
  if (lun === undefined)
    return [...errors, required(`${path}.lun`, 'lun is required if targetWWNs is specified')];
  return [...errors, ...validateLun(lun, `${path}.lun`)];
}

export function validateQuobyte(source: Source<'quobyte'>, path: string): FieldError[] {
  const { registry, tenant = '', volume } = source;
  const form = 'must be a host:port pair or multiple pairs separated by commas';
  const errors: FieldError[] = [];
  if (!registry) errors.push(required(`${path}.registry`, form));
  else if (tenant.length >= 65)
    errors.push(required(`${path}.tenant`, 'must be a UUID and may not exceed a length of 64 characters'));
  else
    for (const pair of registry.split(','))
      if (!isHostAndPort(pair)) errors.push(invalidValue(`${path}.registry`, registry, form));
  if (!volume) errors.push(required(`${path}.volume`));
  return errors;
}

/** As Go's net.SplitHostPort splits: either part may be empty, and only brackets may hold more colons. */
function isHostAndPort(text: string): boolean {
  return /^(\[[^[\]]*\]|[^:[\]]*):[^:[\]]*$/.test(text);
}

export function validateFlocker(
  { datasetName = '', datasetUUID }: Source<'flocker'>,
  path: string,
): FieldError[] {
  const errors: FieldError[] = [];
  if (!datasetName && !datasetUUID)
    errors.push(required(path, 'one of datasetName and datasetUUID is required'));
  if (datasetName && datasetUUID)
    errors.push(
      invalidValue(path, 'resource', 'datasetName and datasetUUID can not be specified simultaneously'),
    );
  if (datasetName.includes('/'))
    errors.push(invalidValue(`${path}.datasetName`, datasetName, "must not contain '/'"));
  return errors;
}

type FlexVolume = Pick<Source<'flexVolume'>, 'driver' | 'options'>;

export function validateFlexVolume(source: FlexVolume, path: string): FieldError[] {
  const reserved = Object.keys(source.options ?? {}).filter((key) => {
    const domain = `.${key.split('/')[0]!.toLowerCase()}`;
    return domain.endsWith('.kubernetes.io') || domain.endsWith('.k8s.io');
  });
  return [
    ...mustHave<FlexVolume>('driver')(source, path),
    ...reserved.map((key) =>
      invalidValue(`${path}.options[${key}]`, key, 'kubernetes.io and k8s.io namespaces are reserved'),
    ),
  ];
}

const cachingModes = ['None', 'ReadOnly', 'ReadWrite'];
const diskKinds = ['Dedicated', 'Managed', 'Shared'];
const managedUri =
  '/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}';
const blobUri = 'https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd';

export function validateAzureDisk(source: Source<'azureDisk'>, path: string): FieldError[] {
  const { cachingMode, kind, diskURI = '' } = source;
  const errors = mustHave<Source<'azureDisk'>>('diskName', 'diskURI')(source, path);
  if (cachingMode !== undefined && !cachingModes.includes(cachingMode))
    errors.push(notSupported(`${path}.cachingMode`, cachingMode, cachingModes));
  if (kind !== undefined && !diskKinds.includes(kind))
    errors.push(notSupported(`${path}.kind`, kind, diskKinds));
  if (kind === undefined) return errors;
  const [start, form] = kind === 'Managed' ? ['/subscriptions/', managedUri] : ['https://', blobUri];
  if (!diskURI.startsWith(start)) errors.push(notSupported(`${path}.diskURI`, diskURI, [form]));
  return errors;
}

export function validateStorageOs(source: Source<'storageos'>, path: string): FieldError[] {
  const { volumeName, volumeNamespace } = source;
  const label = (value: string, field: string) =>
    dns1123Label(value).map((message) => invalidValue(`${path}.${field}`, value, message));
  return [
    ...(volumeName ? label(volumeName, 'volumeName') : [required(`${path}.volumeName`)]),
    ...(volumeNamespace ? label(volumeNamespace, 'volumeNamespace') : []),
    ...validateSecretName(source.secretRef, `${path}.secretRef`),
  ];
}

/** A secret that is named must have a name. */
export function validateSecretName(secret: { name?: string } | undefined, path: string): FieldError[] {
  return secret && !secret.name ? [required(`${path}.name`)] : [];
}
