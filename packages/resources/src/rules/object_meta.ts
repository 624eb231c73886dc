// metadata of every object: the rules of create and of update (apimachinery api/validation/objectmeta.go).
import {
  type FieldError,
  forbiddenField,
  invalidValue,
  type ManagedFieldsEntry,
  type ObjectMeta,
  type OwnerReference,
  required,
  tooLong,
} from '@kubets/api';
import { sameValue } from './equality.ts';
import { immutableText, validateAnnotations, validateLabels } from './labels.ts';
import { type NameRule, nameIsLabel, nameIsPathSegment, qualifiedName } from './names.ts';
import { validateNonNegative } from './numbers.ts';

export interface ObjectMetaOptions {
  namespaced: boolean;
  name: NameRule;
  path?: string;
}

/** For create, and with the loosest name rule for update, where names that are stored already stay fine. */
export function validateObjectMeta(metadata: ObjectMeta, options: ObjectMetaOptions): FieldError[] {
  const { namespaced, name: rule, path = 'metadata' } = options;
  const errors: FieldError[] = [];
  if (metadata.generateName)
    for (const message of rule(metadata.generateName, true))
      errors.push(invalidValue(`${path}.generateName`, metadata.generateName, message));
  if (!metadata.name) errors.push(required(`${path}.name`, 'name or generateName is required'));
  else
    for (const message of rule(metadata.name, false))
      errors.push(invalidValue(`${path}.name`, metadata.name, message));
  errors.push(...validateNamespace(metadata.namespace, namespaced, `${path}.namespace`));
  errors.push(...validateNonNegative(metadata.generation, `${path}.generation`));
  errors.push(
    ...validateKeysAndOwners(metadata, path),
    ...validateFinalizers(metadata.finalizers, `${path}.finalizers`),
    ...validateManagedFields(metadata.managedFields ?? [], `${path}.managedFields`),
  );
  return errors;
}

const standardFinalizers = ['kubernetes', 'orphan', 'foregroundDeletion'];

/** Kubernetes' own kinds ask for a domain in the names of all finalizers but a few. */
export function validateKubeFinalizers(
  finalizers: string[] = [],
  path = 'metadata.finalizers',
): FieldError[] {
  return finalizers.flatMap((name, i) =>
    name.includes('/') || standardFinalizers.includes(name)
      ? []
      : [
          invalidValue(
            `${path}[${i}]`,
            name,
            'name is neither a standard finalizer name nor is it fully qualified',
          ),
        ],
  );
}

export function validateObjectMetaUpdate(next: ObjectMeta, old: ObjectMeta, path = 'metadata'): FieldError[] {
  const errors: FieldError[] = [];
  if (old.deletionTimestamp) {
    const added = (next.finalizers ?? []).filter((name) => !old.finalizers?.includes(name));
    if (added.length > 0) {
      const list = [...new Set(added)].sort().map((name) => JSON.stringify(name));
      errors.push(
        forbiddenField(
          `${path}.finalizers`,
          `no new finalizers can be added if the object is being deleted, found new finalizers []string{${list.join(', ')}}`,
        ),
      );
    }
  }
  if (!next.resourceVersion)
    errors.push(
      invalidValue(`${path}.resourceVersion`, next.resourceVersion ?? '', 'must be specified for an update'),
    );
  if ((next.generation ?? 0) < (old.generation ?? 0))
    errors.push(invalidValue(`${path}.generation`, next.generation ?? 0, 'must not be decremented'));
  for (const field of fixedFields)
    if (!sameValue(next[field], old[field])) {
      const value = next[field] ?? (field === 'name' || field === 'namespace' || field === 'uid' ? '' : null);
      errors.push(invalidValue(`${path}.${field}`, value, immutableText));
    }
  errors.push(
    ...validateKeysAndOwners(next, path),
    ...validateManagedFields(next.managedFields ?? [], `${path}.managedFields`),
  );
  return errors;
}

const fixedFields = [
  'name',
  'namespace',
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
] as const;

/**
 * What every update checks, of subresources too (registry/rest BeforeUpdate). Most kinds ask a part of it once more,
 * and every fault that they find is reported again.
 */
export function validateStoredMeta(next: ObjectMeta, old: ObjectMeta, namespaced: boolean): FieldError[] {
  return [
    ...validateObjectMeta(next, { namespaced, name: nameIsPathSegment }),
    ...validateObjectMetaUpdate(next, old),
  ];
}

function validateNamespace(namespace: string | undefined, namespaced: boolean, path: string): FieldError[] {
  if (!namespaced) return namespace ? [forbiddenField(path, 'not allowed on this type')] : [];
  if (!namespace) return [required(path)];
  return nameIsLabel(namespace, false).map((message) => invalidValue(path, namespace, message));
}

function validateKeysAndOwners(metadata: ObjectMeta, path: string): FieldError[] {
  return [
    ...validateLabels(metadata.labels, `${path}.labels`),
    ...validateAnnotations(metadata.annotations, `${path}.annotations`),
    ...validateOwnerReferences(metadata.ownerReferences ?? [], `${path}.ownerReferences`),
  ];
}

function validateOwnerReferences(owners: OwnerReference[], path: string): FieldError[] {
  const errors: FieldError[] = [];
  let controller: string | undefined;
  for (const owner of owners) {
    const parts = (owner.apiVersion ?? '').split('/');
    const version = parts.length <= 2 ? parts.at(-1) : '';
    if (!version)
      errors.push(invalidValue(`${path}.apiVersion`, owner.apiVersion ?? '', 'version must not be empty'));
    for (const field of ['kind', 'name', 'uid'] as const)
      if (!owner[field])
        errors.push(invalidValue(`${path}.${field}`, owner[field] ?? '', 'must not be empty'));
    // Events go away on their own, too early to own anything.
    if (owner.apiVersion === 'v1' && owner.kind === 'Event')
      errors.push(invalidValue(path, owner, '/v1, Kind=Event is disallowed from being an owner'));
    if (!owner.controller) continue;
    const name = `${owner.kind}/${owner.name}`;
    if (controller)
      errors.push(
        invalidValue(
          path,
          owners,
          `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${name}`,
        ),
      );
    else controller = name;
  }
  return errors;
}

function validateFinalizers(finalizers: string[] = [], path: string): FieldError[] {
  const errors = finalizers.flatMap((name) =>
    qualifiedName(name).map((message) => invalidValue(path, name, message)),
  );
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion'))
    errors.push(invalidValue(path, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set'));
  return errors;
}

function validateManagedFields(entries: ManagedFieldsEntry[], path: string): FieldError[] {
  const errors: FieldError[] = [];
  entries.forEach((entry, i) => {
    const at = `${path}[${i}]`;
    if (entry.operation !== 'Apply' && entry.operation !== 'Update')
      errors.push(invalidValue(`${at}.operation`, entry.operation ?? '', 'must be `Apply` or `Update`'));
    if (entry.fieldsType && entry.fieldsType !== 'FieldsV1')
      errors.push(invalidValue(`${at}.fieldsType`, entry.fieldsType, 'must be `FieldsV1`'));
    if ((entry.manager?.length ?? 0) > 128) errors.push(tooLong(`${at}.manager`, undefined, 128));
    if ((entry.subresource?.length ?? 0) > 256) errors.push(tooLong(`${at}.subresource`, undefined, 256));
  });
  return errors;
}
