import { FieldSet } from './field_set.ts';

/** Paths that nobody owns: what names an object, and what only the server writes. */
export const neverOwned: FieldSet = FieldSet.fromFieldsV1({
  'f:apiVersion': {},
  'f:kind': {},
  'f:metadata': {
    '.': {},
    'f:name': {},
    'f:namespace': {},
    'f:creationTimestamp': {},
    'f:selfLink': {},
    'f:uid': {},
    'f:clusterName': {},
    'f:generation': {},
    'f:managedFields': {},
    'f:resourceVersion': {},
  },
});

type WithMetadata = { metadata?: { managedFields?: unknown } };

/** The object without its managed fields, sharing the rest. */
export function withoutManagedFields<T extends object>(object: T): T {
  const { metadata } = object as WithMetadata;
  if (metadata?.managedFields === undefined) return object;
  const { managedFields: _, ...rest } = metadata;
  return { ...object, metadata: rest };
}

/** The object with these managed fields; none at all when the list is empty. */
export function withManagedFields<T extends object>(object: T, managedFields: unknown[]): T {
  const bare = withoutManagedFields(object) as T & WithMetadata;
  if (managedFields.length === 0) return bare;
  return { ...bare, metadata: { ...bare.metadata, managedFields } };
}
