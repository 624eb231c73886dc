import {
  type FieldError,
  forbiddenField,
  invalidValue,
  notSupported,
  type ObjectMeta,
  type PersistentVolumeClaimSpec,
  type PersistentVolumeClaimTemplate,
  parseQuantity,
  required,
  type TypedObjectReference,
  typeSchema,
} from '@kubets/api';
import { validateAnnotations, validateLabelSelector, validateLabels } from '../rules/labels.ts';
import { dns1123Label, dns1123Subdomain } from '../rules/names.ts';
import { validateGreaterThanZero } from '../rules/quantities.ts';
import { validateAccessModes, validateClassName, volumeModes } from './volume_rules.ts';

const metadataFields = Object.entries(typeSchema('meta.v1.ObjectMeta')?.fields ?? {})
  .sort(([, a], [, b]) => (a.n ?? 0) - (b.n ?? 0))
  .map(([name]) => name);

/** A claim in a pod or a workload. */
export function validateClaimTemplate(template: PersistentVolumeClaimTemplate, path: string): FieldError[] {
  return [
    ...validateTemplateMetadata(template.metadata, `${path}.metadata`),
    ...validateClaimSpec(template.spec ?? {}, `${path}.spec`),
  ];
}

/** Of what is made from a template, only labels and annotations may be said before. */
export function validateTemplateMetadata(metadata: Partial<ObjectMeta> = {}, path: string): FieldError[] {
  const { labels, annotations, ...others } = metadata;
  return [
    ...validateAnnotations(annotations, `${path}.annotations`),
    ...validateLabels(labels, `${path}.labels`),
    ...metadataFields
      .filter((field) => others[field as keyof typeof others])
      // Upstream lowers the first letter of Go's name, no more.
      .map((field) => forbiddenField(`${path}.${field === 'uid' ? 'uID' : field}`, 'cannot be set')),
  ];
}

export function validateClaimSpec(
  spec: PersistentVolumeClaimSpec,
  path: string,
  options: { allowAnyGroup?: boolean; allowInvalidSelector?: boolean } = {},
): FieldError[] {
  const errors: FieldError[] = [];
  if (!spec.accessModes?.length)
    errors.push(required(`${path}.accessModes`, 'at least 1 access mode is required'));
  errors.push(
    ...validateLabelSelector(spec.selector, `${path}.selector`, {
      allowInvalidValues: options.allowInvalidSelector,
    }),
    ...validateAccessModes(spec.accessModes, `${path}.accessModes`),
  );
  const storage = spec.resources?.requests?.storage;
  if (storage === undefined) errors.push(required(`${path}.resources[storage]`));
  else errors.push(...validateGreaterThanZero(storage, `${path}.resources[storage]`));
  errors.push(...validateClassName(spec.storageClassName, `${path}.storageClassName`));
  if (spec.volumeMode !== undefined && !volumeModes.includes(spec.volumeMode))
    errors.push(notSupported(`${path}.volumeMode`, spec.volumeMode, volumeModes));
  errors.push(...validateSources(spec, path, options.allowAnyGroup ?? false));
  return [
    ...errors,
    ...validateClassName(spec.volumeAttributesClassName, `${path}.volumeAttributesClassName`),
  ];
}

function validateSources(
  spec: PersistentVolumeClaimSpec,
  path: string,
  allowAnyGroup: boolean,
): FieldError[] {
  const { dataSource, dataSourceRef } = spec;
  const errors = [
    ...(dataSource ? validateSource(dataSource, `${path}.dataSource`, allowAnyGroup) : []),
    ...(dataSourceRef ? validateSource(dataSourceRef, `${path}.dataSourceRef`, allowAnyGroup) : []),
  ];
  if (!dataSource || !dataSourceRef) return errors;
  const fault = dataSourceRef.namespace
    ? 'may not be specified when dataSourceRef.namespace is specified'
    : (['apiGroup', 'kind', 'name'] as const).some((field) => dataSource[field] !== dataSourceRef[field])
      ? 'must match dataSourceRef'
      : undefined;
  // Upstream quotes a path here, which prints as an empty object.
  return fault ? [...errors, invalidValue(path, {}, fault)] : errors;
}

function validateSource(source: TypedObjectReference, path: string, allowAnyGroup: boolean): FieldError[] {
  const { name, kind, apiGroup, namespace } = source;
  const errors: FieldError[] = [];
  if (!name) errors.push(required(`${path}.name`));
  if (!kind) errors.push(required(`${path}.kind`));
  if (!apiGroup && kind !== 'PersistentVolumeClaim')
    errors.push(
      invalidValue(path, kind ?? '', "must be 'PersistentVolumeClaim' when referencing the default apiGroup"),
    );
  if (apiGroup && !allowAnyGroup)
    for (const message of dns1123Subdomain(apiGroup))
      errors.push(invalidValue(`${path}.apiGroup`, apiGroup, message));
  if (namespace)
    for (const message of dns1123Label(namespace))
      errors.push(invalidValue(`${path}.namespace`, namespace, message));
  return errors;
}

/** Amounts in a status: whatever else, not negative. */
export function validateBasicAmounts(
  amounts: Record<string, string> | undefined,
  path: string,
): FieldError[] {
  return Object.entries(amounts ?? {}).flatMap(([name, amount]) => {
    const value = parseQuantity(amount).value();
    return value < 0 ? [invalidValue(`${path}[${name}]`, value, 'must be a valid resource quantity')] : [];
  });
}
