// Environment variables and where their values come from.
import {
  type EnvFromSource,
  type EnvVar,
  type FieldError,
  type FileKeySelector,
  invalidValue,
  notSupported,
  type ObjectFieldSelector,
  parseQuantity,
  type ResourceFieldSelector,
  required,
} from '@kubets/api';
import {
  configMapKey,
  dns1123Label,
  dns1123Subdomain,
  envVarName,
  nameIsSubdomain,
  qualifiedName,
} from '../../rules/names.ts';
import { validateNoBacksteps } from './validate_path.ts';

export function validateEnv(variables: EnvVar[] = [], path: string): FieldError[] {
  return variables.flatMap((variable, i) => {
    const at = `${path}[${i}]`;
    const name = variable.name ?? '';
    return [
      ...(name
        ? envVarName(name).map((message) => invalidValue(`${at}.name`, name, message))
        : [required(`${at}.name`)]),
      ...validateValueFrom(variable, `${at}.valueFrom`),
    ];
  });
}

export function validateEnvFrom(sources: EnvFromSource[] = [], path: string): FieldError[] {
  return sources.flatMap(({ prefix, configMapRef, secretRef }, i) => {
    const at = `${path}[${i}]`;
    const errors: FieldError[] = [];
    if (prefix)
      for (const message of envVarName(prefix)) errors.push(invalidValue(`${at}.prefix`, prefix, message));
    if (configMapRef) errors.push(...validateName(configMapRef.name, `${at}.configMapRef.name`));
    if (secretRef) errors.push(...validateName(secretRef.name, `${at}.secretRef.name`));
    if (!configMapRef && !secretRef)
      errors.push(invalidValue(path, '', 'must specify one of: `configMapRef` or `secretRef`'));
    else if (configMapRef && secretRef)
      errors.push(invalidValue(path, '', 'may not have more than one field specified at a time'));
    return errors;
  });
}

function validateName(name: string | undefined, path: string): FieldError[] {
  if (!name) return [required(path)];
  return nameIsSubdomain(name, true).map((message) => invalidValue(path, name, message));
}

function validateValueFrom({ value, valueFrom }: EnvVar, path: string): FieldError[] {
  if (!valueFrom) return [];
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef } = valueFrom;
  const errors: FieldError[] = [];
  if (fieldRef) errors.push(...validateFieldRef(fieldRef, envFields, `${path}.fieldRef`));
  if (resourceFieldRef)
    errors.push(...validateResourceFieldRef(resourceFieldRef, `${path}.resourceFieldRef`, false));
  if (configMapKeyRef) errors.push(...validateKeyRef(configMapKeyRef, `${path}.configMapKeyRef`));
  if (secretKeyRef) errors.push(...validateKeyRef(secretKeyRef, `${path}.secretKeyRef`));
  if (fileKeyRef) errors.push(...validateFileKeyRef(fileKeyRef, `${path}.fileKeyRef`));
  const sources = Object.values(valueFrom).filter((source) => source != null).length;
  if (sources === 0)
    errors.push(
      invalidValue(
        path,
        '',
        'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`',
      ),
    );
  else if (value) errors.push(invalidValue(path, '', 'may not be specified when `value` is not empty'));
  else if (sources > 1)
    errors.push(invalidValue(path, '', 'may not have more than one field specified at a time'));
  return errors;
}

const envFields = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];

export const volumeFields = [
  'metadata.name',
  'metadata.namespace',
  'metadata.labels',
  'metadata.annotations',
  'metadata.uid',
];

/** Every field of a pod that the downward API can tell. */
const knownFields = new Set([
  ...envFields,
  ...volumeFields,
  'spec.restartPolicy',
  'spec.schedulerName',
  'status.phase',
]);

/** `fieldRef` of variables and of downward API volumes, which know different fields. */
export function validateFieldRef(
  ref: ObjectFieldSelector,
  known: readonly string[],
  path: string,
): FieldError[] {
  if (!ref.apiVersion) return [required(`${path}.apiVersion`)];
  if (!ref.fieldPath) return [required(`${path}.fieldPath`)];
  // The name of `spec.nodeName` before v1.
  const fieldPath = ref.fieldPath === 'spec.host' ? 'spec.nodeName' : ref.fieldPath;
  const [, field, key] = /^(.*)\['([^']*)'\]$/.exec(fieldPath) ?? [];
  const fault =
    ref.apiVersion !== 'v1'
      ? `unsupported pod version: ${ref.apiVersion}`
      : !knownFields.has(fieldPath) && field !== 'metadata.annotations' && field !== 'metadata.labels'
        ? field === undefined
          ? `field label not supported: ${fieldPath}`
          : `field label does not support subscript: ${fieldPath}`
        : undefined;
  if (fault) return [invalidValue(`${path}.fieldPath`, fieldPath, `error converting fieldPath: ${fault}`)];
  if (key !== undefined)
    return qualifiedName(field === 'metadata.annotations' ? key.toLowerCase() : key).map((message) =>
      invalidValue(path, key, message),
    );
  return known.includes(fieldPath) ? [] : [notSupported(`${path}.fieldPath`, fieldPath, [...known].sort())];
}

const resourceFields = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
];

export function validateResourceFieldRef(
  ref: ResourceFieldSelector,
  path: string,
  inVolume: boolean,
): FieldError[] {
  const resource = ref.resource ?? '';
  const errors: FieldError[] = [];
  if (inVolume && !ref.containerName) errors.push(required(`${path}.containerName`));
  else if (!resource) errors.push(required(`${path}.resource`));
  else if (!resourceFields.includes(resource) && !/^(limits|requests)\.hugepages-/.test(resource))
    errors.push(notSupported(`${path}.resource`, resource, resourceFields));
  return [...errors, ...validateDivisor(resource, ref.divisor, path)];
}

const sizes = ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei'];

function validateDivisor(resource: string, divisor: string | undefined, path: string): FieldError[] {
  const quantity = divisor === undefined ? undefined : parseQuantity(divisor);
  if (!quantity || quantity.isZero()) return [];
  const text = quantity.toString();
  const fault = (allowed: string, of: string) => [
    invalidValue(
      `${path}.divisor`,
      resource,
      `only divisor's values ${allowed} are supported with the ${of}`,
    ),
  ];
  if (resource.endsWith('.cpu')) return ['1m', '1'].includes(text) ? [] : fault('1m and 1', 'cpu resource');
  if (sizes.includes(text)) return [];
  if (resource.endsWith('.memory')) return fault(sizes.join(', '), 'memory resource');
  if (resource.endsWith('.ephemeral-storage'))
    return fault(sizes.join(', '), 'local ephemeral storage resource');
  return resource.includes('.hugepages-') ? fault(sizes.join(', '), 'hugepages resource') : [];
}

function validateKeyRef(
  { name = '', key = '' }: { name?: string; key?: string },
  path: string,
): FieldError[] {
  return [
    ...dns1123Subdomain(name).map((message) => invalidValue(`${path}.name`, name, message)),
    ...(key
      ? configMapKey(key).map((message) => invalidValue(`${path}.key`, key, message))
      : [required(`${path}.key`)]),
  ];
}

function validateFileKeyRef({ key, volumeName, path: file }: FileKeySelector, path: string): FieldError[] {
  return [
    ...(key
      ? envVarName(key).map((message) => invalidValue(`${path}.key`, key, message))
      : [required(`${path}.key`)]),
    ...(volumeName
      ? dns1123Label(volumeName).map((message) => invalidValue(`${path}.volumeName`, volumeName, message))
      : [required(`${path}.volumeName`)]),
    ...(file ? validateNoBacksteps(file, `${path}.path`) : [required(`${path}.path`)]),
  ];
}
