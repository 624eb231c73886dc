import { badRequest, type KubeObject } from '@kubets/api';
import { prefixRange, type Range } from '@kubets/storage';
import type { Call, Endpoint } from '../call.ts';
import type { ServerContext } from '../server_context.ts';
import { type ChangeDescription, describeChange } from './describe_change.ts';
import { readChanges } from './read_changes.ts';

export interface HistoryItem extends ChangeDescription {
  revision: number;
  group: string;
  resource: string;
  namespace: string | undefined;
  name: string;
  /** What the change made of the object; only where it was asked for, and none for a deletion. */
  object?: KubeObject;
}

const defaultLimit = 100;
const maxLimit = 10_000;

/**
 * `GET /kubets/v1/history?group=&resource=&namespace=&name=&limit=&object=true`: the newest changes that the store
 * keeps, oldest first; of everything, of a resource, or of one object.
 */
export function historyEndpoint(server: ServerContext): Endpoint {
  return async (call) => {
    const { query, signal } = call.request;
    const limit = Number(query.get('limit') ?? defaultLimit);
    if (!Number.isInteger(limit) || limit < 1 || limit > maxLimit) {
      throw badRequest(`limit must be a whole number from 1 to ${maxLimit}`);
    }
    const withObject = query.get('object') === 'true';
    const range = rangeOf(server, query);
    const found: HistoryItem[] = [];
    for await (const change of readChanges(server.store, range, signal)) {
      // A range of one name would end in the middle of others that begin with it.
      if (query.has('name') && change.key !== range.start) continue;
      const history = server.cache.historyOfKey(change.key);
      if (!history) continue;
      const { previous } = change;
      const before = previous && history.readValue(previous.key, previous.modRevision, previous.value);
      const after =
        change.type === 'put' ? history.readValue(change.key, change.revision, change.value) : undefined;
      const object = (after ?? before)?.object;
      if (!object) continue;
      const { group, resource } = history.resource.id;
      found.push({
        revision: change.revision,
        group,
        resource,
        namespace: object.metadata.namespace,
        name: object.metadata.name!,
        ...describeChange(before?.object, after?.object),
        ...(withObject && after ? { object: after.object } : {}),
      });
      if (found.length > limit) found.shift();
    }
    return json({ items: found });
  };
}

function rangeOf(server: ServerContext, query: Call['request']['query']): Range {
  const resource = query.get('resource');
  if (!resource) return prefixRange('/registry/');
  const history = [...server.cache.histories()].find(
    ({ resource: { id } }) => id.group === (query.get('group') ?? '') && id.resource === resource,
  );
  if (!history) throw badRequest(`this server has no resource ${JSON.stringify(resource)}`);
  const namespace = query.get('namespace');
  const name = query.get('name');
  if (name) {
    const key = history.key(namespace ?? undefined, name);
    return { start: key, end: `${key}\0` };
  }
  return prefixRange(namespace ? `${history.prefix}${namespace}/` : history.prefix);
}

function json(body: object) {
  return {
    type: 'raw' as const,
    status: 200,
    contentType: 'application/json',
    body: JSON.stringify(body, (_key, value) => (typeof value === 'bigint' ? Number(value) : value)),
  };
}
