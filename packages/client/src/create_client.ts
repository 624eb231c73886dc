import { apiVersionOf, badRequest, type KubeObject, type New } from '@kubets/api';
import type {
  Client,
  DeleteOptions,
  ListOptions,
  PatchType,
  ResourceRef,
  WatchEvent,
  WriteOptions,
} from './client.ts';
import { resourcePath } from './resource_path.ts';
import type { Transport } from './transport.ts';

const patchContentTypes: Record<PatchType, string> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};

type Query = Record<string, string>;

/** The client over any transport: paths, queries and bodies of the API's verbs. */
export function createClient(transport: Transport): Client {
  const send = (method: string, path: string, body?: object, query?: Query) =>
    transport.request({ method, path, body, query }) as Promise<any>;

  const put = (ref: ResourceRef<any>, object: KubeObject, subresource?: string, options?: WriteOptions) => {
    const { name, namespace } = object.metadata;
    return send(
      'PUT',
      resourcePath(ref, { namespace, name, subresource }),
      typed(ref, object),
      writeQuery(options),
    );
  };

  return {
    get: (ref, name, namespace) => send('GET', resourcePath(ref, { namespace, name })),
    async list(ref, options = {}) {
      const { namespace, signal } = options;
      const path = resourcePath(ref, { namespace });
      const request = { method: 'GET', path, query: listQuery(options), signal };
      const answer = (await transport.request(request)) as any;
      const items = answer.items ?? [];
      // Items of a list on the wire leave out what the list says already.
      if (items.length > 0 && !items[0].kind) for (const item of items) fillType(ref, item);
      const { resourceVersion, continue: rest } = answer.metadata;
      return { items, resourceVersion: resourceVersion ?? '', ...(rest ? { continue: rest } : {}) };
    },
    watch<T extends KubeObject>(
      ref: ResourceRef<T>,
      options: ListOptions & { resourceVersion: string },
      signal: AbortSignal,
    ) {
      const query = { ...listQuery(options), watch: 'true', allowWatchBookmarks: 'true' };
      const path = resourcePath(ref, { namespace: options.namespace });
      return transport.watch({ method: 'GET', path, query, signal }) as AsyncIterable<
        readonly WatchEvent<T>[]
      >;
    },
    async create<T extends KubeObject>(ref: ResourceRef<T>, object: New<T>, options?: WriteOptions) {
      const { namespace } = object.metadata;
      if (ref.namespaced && !namespace) {
        throw badRequest('an empty namespace may not be set during creation');
      }
      return send('POST', resourcePath(ref, { namespace }), typed(ref, object), writeQuery(options));
    },
    update: (ref, object, options) => put(ref, object, undefined, options),
    updateStatus: (ref, object, options) => put(ref, object, 'status', options),
    patch(ref, name, namespace, type, patch, options = {}) {
      const query = writeQuery(options) ?? {};
      if (options.force !== undefined) query['force'] = String(options.force);
      return transport.request({
        method: 'PATCH',
        path: resourcePath(ref, { namespace, name, subresource: options.subresource }),
        query,
        headers: { 'content-type': patchContentTypes[type] },
        body: patch,
      }) as Promise<any>;
    },
    async delete(ref, name, namespace, options) {
      await send('DELETE', resourcePath(ref, { namespace, name }), deleteBody(options));
    },
    async deleteCollection(ref, options) {
      const path = resourcePath(ref, { namespace: options.namespace });
      // Here resourceVersion is of the objects, as in `delete`, not of the list.
      const query = listQuery({ ...options, resourceVersion: undefined });
      await send('DELETE', path, deleteBody(options), query);
    },
    createSubresource: (ref, name, namespace, subresource, body) =>
      send('POST', resourcePath(ref, { namespace, name, subresource }), body),
    getSubresource: (ref, name, namespace, subresource) =>
      send('GET', resourcePath(ref, { namespace, name, subresource })),
    updateSubresource: (ref, name, namespace, subresource, body) =>
      send('PUT', resourcePath(ref, { namespace, name, subresource }), body),
    request: (method, path, options = {}) => transport.request({ method, path, ...options }) as Promise<any>,
  };
}

function listQuery(options: ListOptions): Query {
  const query: Query = {};
  if (options.labelSelector) query['labelSelector'] = options.labelSelector;
  if (options.fieldSelector) query['fieldSelector'] = options.fieldSelector;
  if (options.resourceVersion) query['resourceVersion'] = options.resourceVersion;
  if (options.resourceVersionMatch) query['resourceVersionMatch'] = options.resourceVersionMatch;
  if (options.limit) query['limit'] = String(options.limit);
  if (options.continue) query['continue'] = options.continue;
  return query;
}

function writeQuery(options: WriteOptions | undefined): Query | undefined {
  if (!options) return undefined;
  const query: Query = {};
  if (options.fieldManager) query['fieldManager'] = options.fieldManager;
  if (options.dryRun) query['dryRun'] = 'All';
  return query;
}

function deleteBody(options: DeleteOptions | undefined): object | undefined {
  if (!options) return undefined;
  const { gracePeriodSeconds, propagationPolicy, uid, resourceVersion } = options;
  return {
    kind: 'DeleteOptions',
    apiVersion: 'v1',
    ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds }),
    ...(propagationPolicy && { propagationPolicy }),
    ...((uid || resourceVersion) && {
      preconditions: { ...(uid && { uid }), ...(resourceVersion && { resourceVersion }) },
    }),
  };
}

function typed(ref: ResourceRef<any>, object: object & { kind?: string; apiVersion?: string }): object {
  return object.kind && object.apiVersion ? object : { ...typeOf(ref), ...object };
}

function fillType(ref: ResourceRef<any>, item: object): void {
  Object.assign(item, typeOf(ref));
}

function typeOf(ref: ResourceRef<any>): { apiVersion: string; kind: string } {
  return { apiVersion: apiVersionOf(ref), kind: ref.kind };
}
