// Makes a Resource of what is particular to a kind; the rules that all kinds share stand here.
import { type FieldError, type KubeObject, typeSchema } from '@kubets/api';
import type { Column, Resource, ResourceId, StrategyContext, Subresource, Verb } from './resource.ts';
import { sameValue } from './rules/equality.ts';
import { type NameRule, nameIsSubdomain } from './rules/names.ts';
import {
  validateKubeFinalizers,
  validateObjectMeta,
  validateObjectMetaUpdate,
  validateStoredMeta,
} from './rules/object_meta.ts';
import { defaultColumns } from './table/columns.ts';

export interface Definition<T extends KubeObject>
  extends Partial<Omit<Resource<T>, 'id' | 'scope' | 'validateCreate' | 'validateUpdate'>> {
  id: Definable;
  scope: 'Namespaced' | 'Cluster';
  columns?: readonly Column<any>[];
  /** Rules for a new object and, with what it was before, for a changed one. */
  validate?(object: T, old?: T): FieldError[];
  /** What an update may not do, beyond the rules of metadata. */
  validateUpdate?(next: T, old: T): FieldError[];
  /** `first`: what an update may not do is reported before the rules of any object. */
  updateRules?: 'first';
  /** `false`: updates check only the metadata that all kinds check, or `validate` does the rest. */
  ownMetaRules?: boolean;
  /** Has a status that only `/status` changes. */
  status?: StatusDefinition<T>;
  /** What raises metadata.generation when it changes: the spec, or what the function returns. */
  generation?: 'spec' | ((object: T) => unknown);
}

export interface StatusDefinition<T> {
  /** Status of a new object; absent: empty. */
  initial?(object: T, context: StrategyContext): object;
  /** Which metadata an update of the status may change: labels and annotations too, all but labels, none. */
  metadata?: 'open' | 'keepLabels' | 'keep';
  prepare?(next: T, old: T, context: StrategyContext): void;
  validate?(next: T, old: T): FieldError[];
  withoutTable?: boolean;
}

type WithStatus = KubeObject & { spec?: unknown; status?: unknown };

export const allVerbs: readonly Verb[] = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'update',
  'watch',
];

/** Groups that take finalizers without a domain (they use apimachinery's metadata rules, not the core group's). */
const openFinalizerGroups: ReadonlySet<string> = new Set([
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
  'coordination.k8s.io',
  'node.k8s.io',
]);

export function define<T extends KubeObject>(definition: Definition<T>): Resource<T> {
  const { id, scope, status, generation, validate, validateUpdate, updateRules, ...rest } = definition;
  const ownMetaRules = definition.ownMetaRules ?? true;
  const namespaced = scope === 'Namespaced';
  const name: NameRule = definition.validateName ?? nameIsSubdomain;
  const type = `${id.group.split('.')[0] || 'core'}.${id.version}.${id.kind}`;
  const finalizers = (object: T) =>
    openFinalizerGroups.has(id.group) ? [] : validateKubeFinalizers(object.metadata.finalizers);
  const validateMetaUpdate = (next: T, old: T) => {
    const errors = validateStoredMeta(next.metadata, old.metadata, namespaced);
    // A kind's own rules for an update are a part of those: they find faults again, or none.
    if (ownMetaRules && errors.length) errors.push(...validateObjectMetaUpdate(next.metadata, old.metadata));
    if (ownMetaRules) errors.push(...finalizers(next));
    return errors;
  };
  const generationOf = generation === 'spec' ? (object: T) => (object as WithStatus).spec : generation;
  return {
    type,
    verbs: allVerbs,
    storagePath: id.resource,
    allowUnconditionalUpdate: true,
    ...rest,
    id: { ...id, singular: id.kind.toLowerCase() },
    scope,
    columns: definition.columns ?? defaultColumns,
    defaults(object) {
      // Rules may count on a spec: in Go's types it is a value, always there.
      if (typeSchema(type)?.fields?.spec) (object as WithStatus).spec ??= {};
      definition.defaults?.(object);
    },
    prepareCreate(object, context) {
      if (status) (object as WithStatus).status = status.initial?.(object, context) ?? {};
      if (generationOf) object.metadata.generation = 1;
      definition.prepareCreate?.(object, context);
    },
    prepareUpdate(next, old, context) {
      keepSystemFields(next, old);
      if (status) (next as WithStatus).status = (old as WithStatus).status;
      definition.prepareUpdate?.(next, old, context);
      if (!generationOf) return;
      const specType = generation === 'spec' ? typeSchema(type)?.fields?.spec?.type : undefined;
      if (!sameValue(generationOf(next), generationOf(old), specType))
        next.metadata.generation = (old.metadata.generation ?? 0) + 1;
    },
    validateCreate: (object) => [
      ...validateObjectMeta(object.metadata, { namespaced, name }),
      ...finalizers(object),
      ...(validate?.(object) ?? []),
    ],
    validateUpdate: (next, old) => [
      ...validateMetaUpdate(next, old),
      ...(updateRules === 'first' ? (validateUpdate?.(next, old) ?? []) : []),
      ...(validate?.(next, old) ?? []),
      ...(updateRules === 'first' ? [] : (validateUpdate?.(next, old) ?? [])),
    ],
    subresources: [
      ...(definition.subresources ?? []),
      ...(status ? [statusSubresource(status, validateMetaUpdate)] : []),
    ],
  };
}

/** What no update can change, and so what an update need not say (apiserver registry/rest BeforeUpdate). */
export function keepSystemFields(next: KubeObject, old: KubeObject): void {
  const meta = next.metadata;
  if (old.metadata.generation !== undefined) meta.generation = old.metadata.generation;
  else delete meta.generation;
  meta.uid ||= old.metadata.uid;
  meta.creationTimestamp = old.metadata.creationTimestamp;
  if (old.metadata.deletionTimestamp) meta.deletionTimestamp = old.metadata.deletionTimestamp;
  meta.deletionGracePeriodSeconds ??= old.metadata.deletionGracePeriodSeconds;
  if (meta.deletionGracePeriodSeconds === undefined) delete meta.deletionGracePeriodSeconds;
}

function statusSubresource<T extends KubeObject>(
  status: StatusDefinition<T>,
  validateMetaUpdate: (next: T, old: T) => FieldError[],
): Subresource<T> {
  return {
    name: 'status',
    ...(status.withoutTable && { withoutTable: true }),
    verbs: ['get', 'patch', 'update'],
    prepareUpdate(next, old, context) {
      keepSystemFields(next, old);
      const result = { ...next, metadata: metadataForStatus(next, old, status.metadata ?? 'open') };
      // All but the status stays: most kinds have nothing else but a spec.
      for (const key of Object.keys(old) as (keyof T)[])
        if (key !== 'metadata' && (key as string) !== 'status') result[key] = old[key];
      for (const key of Object.keys(next) as (keyof T)[])
        if (!(key in old) && (key as string) !== 'status') delete result[key];
      status.prepare?.(result, old, context);
      return result;
    },
    validateUpdate: (next, old) => [
      ...validateMetaUpdate(next, old),
      ...(status.validate?.(next, old) ?? []),
    ],
  };
}

/** Metadata that an update of a subresource may carry (meta/v1 ResetObjectMetaForStatus). */
export function metadataForStatus(
  next: KubeObject,
  old: KubeObject,
  rule: 'open' | 'keepLabels' | 'keep',
): KubeObject['metadata'] {
  if (rule === 'open') return next.metadata;
  const metadata = { ...next.metadata };
  const kept =
    rule === 'keepLabels'
      ? (['labels'] as const)
      : (['labels', 'annotations', 'finalizers', 'ownerReferences'] as const);
  for (const field of kept) {
    if (old.metadata[field] === undefined) delete metadata[field];
    else metadata[field] = old.metadata[field] as any;
  }
  return metadata;
}

type Definable = Omit<ResourceId, 'singular'>;

/** Ids of the kinds of one group and version. */
export function kindsOf(group: string, version: string) {
  return (
    resource: string,
    kind: string,
    more: { shortNames?: readonly string[]; categories?: readonly string[] } = {},
  ): Definable => ({ group, version, resource, kind, ...more });
}
