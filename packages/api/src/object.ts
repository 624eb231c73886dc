import type { ObjectMeta, StoredMeta } from './generated/types.ts';

/** Anything with a kind and metadata, as it is stored and served. Objects in caches are shared: never change one. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: StoredMeta;
}

/** What a caller hands in to create a `T`: metadata need not have what the server fills in. */
export type New<T extends KubeObject> = Omit<T, 'metadata' | 'apiVersion' | 'kind'> & {
  apiVersion?: string;
  kind?: string;
  metadata: ObjectMeta;
};

/** `namespace/name`, or `name` for cluster-scoped objects: the key of work queues and informers. */
export function objectKey(object: { metadata: ObjectMeta }): string {
  const { namespace, name } = object.metadata;
  return namespace ? `${namespace}/${name}` : name!;
}

export function splitKey(key: string): { namespace: string | undefined; name: string } {
  const slash = key.indexOf('/');
  return slash < 0
    ? { namespace: undefined, name: key }
    : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

/** `apps/v1`; `v1` for the core group. */
export function apiVersionOf({ group, version }: { group: string; version: string }): string {
  return group ? `${group}/${version}` : version;
}

/** The other way round: the group of `v1` is empty. */
export function splitApiVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf('/');
  return slash < 0
    ? { group: '', version: apiVersion }
    : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}

export function controllerOf(object: { metadata: ObjectMeta }) {
  return object.metadata.ownerReferences?.find((owner) => owner.controller);
}
