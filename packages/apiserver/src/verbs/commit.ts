import { ApiError, alreadyExists, type KubeObject } from '@kubets/api';
import type { CommitResult } from '@kubets/storage';
import { encodeValue, encodeWithRevision, StoredEntry, storedOf } from '../cache/stored_entry.ts';
import type { Stored } from '../request.ts';
import type { Target } from '../routes/target.ts';
import type { ServerContext } from '../server_context.ts';

/**
 * Writes `object`, which must not change afterwards. Resolves when the server's own cache holds the write, so
 * that whoever is told of it can read it. Undefined: the key isn't at `expect` any more; the cache has caught up.
 */
export async function commitObject(
  server: ServerContext,
  target: Target,
  key: string,
  expect: number | 'absent',
  object: KubeObject,
  value: Uint8Array = encodeValue(target.history.head, object),
): Promise<Stored | undefined> {
  const { cache, store } = server;
  const { history } = target;
  cache.remember(value, object);
  let result: CommitResult;
  try {
    result = await store.commit({ key, expect, value, ttlSeconds: target.resource.ttlSeconds });
    await cache.waitFor(result.revision);
  } finally {
    cache.forget(value);
  }
  if (!result.ok) return undefined;
  const cached = history.get(key);
  if (cached?.revision === result.revision) return cached;
  return storedOf(history.head, key, result.revision, value, object);
}

/** Removes what is stored at `stored.revision`. False: it has changed since; the cache has caught up. */
export async function commitDelete(server: ServerContext, stored: Stored): Promise<number | undefined> {
  const result = await server.store.commit({ key: stored.key, expect: stored.revision, value: null });
  await server.cache.waitFor(result.revision);
  return result.ok ? result.revision : undefined;
}

/** What a dry run answers: the object as it would be stored, with no revision but one that it was `given`. */
export function uncommitted(
  target: Target,
  key: string,
  object: KubeObject,
  revision: number,
  given?: string,
): Stored {
  const { head } = target.history;
  if (given) return new StoredEntry(key, 0, encodeWithRevision(head, object, given), object);
  if (revision > 0) return storedOf(head, key, revision, encodeValue(head, object), object);
  return new StoredEntry(key, 0, encodeValue(head, object), object);
}

/** Refuses a create under a name that is taken, if only by an object that is on its way out. */
export function exists(
  { groupResource, history }: Target,
  namespace: string | undefined,
  name: string,
): ApiError {
  const error = alreadyExists(groupResource, name);
  const there = history.get(history.key(namespace, name));
  if (!there?.object.metadata.deletionTimestamp) return error;
  return new ApiError({ ...error.status, message: `object is being deleted: ${error.message}` });
}
