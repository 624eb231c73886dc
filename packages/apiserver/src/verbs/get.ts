import { badRequest, notFound } from '@kubets/api';
import type { Call, Endpoint } from '../call.ts';
import type { Stored } from '../request.ts';
import type { Target } from '../routes/target.ts';
import type { ServerContext } from '../server_context.ts';
import { storedAnswer } from './answer.ts';

export function getEndpoint(server: ServerContext, target: Target): Endpoint {
  return async (call) => storedAnswer(target, await getStored(server, target, call));
}

/** The object that the path names, as fresh as `resourceVersion` asks. @throws ApiError 404 */
export async function getStored(server: ServerContext, target: Target, call: Call): Promise<Stored> {
  const { info, request } = call;
  await waitForFreshness(server, request.query.size ? request.query.get('resourceVersion') : null);
  return currentStored(target, info.namespace, info.name);
}

export function currentStored(target: Target, namespace: string, name: string): Stored {
  const { history } = target;
  const stored = history.get(history.key(namespace, name));
  if (!stored) throw notFound(target.groupResource, name);
  return stored;
}

/** Unset: everything committed before this call. `0`: whatever is there. N: at least N. */
export async function waitForFreshness(server: ServerContext, resourceVersion: string | null): Promise<void> {
  const { cache } = server;
  if (!cache.isReady) await cache.ready();
  if (!resourceVersion) await cache.fresh();
  else if (resourceVersion !== '0') await cache.waitFor(parseRevision(resourceVersion));
}

/** @throws ApiError 400 */
export function parseRevision(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw badRequest(`invalid resource version "${text}"`);
  return Number(text);
}
