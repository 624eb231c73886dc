import { ApiError, goQuote, notFound } from '@kubets/api';
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

/**
 * Whether `seen` is what the store holds of its key, and not what another server has replaced since. Ask where an
 * answer comes from the cache without a commit that would tell: a write that changes nothing, a refusal, a dry run.
 */
export async function isNewest(
  { cache }: Pick<ServerContext, 'cache'>,
  { history }: Pick<Target, 'history'>,
  seen: Stored,
): Promise<boolean> {
  await cache.fresh();
  return history.get(seen.key)?.revision === seen.revision;
}

/** Unset: everything committed before this call. `0`: whatever is there. N: at least N. */
export async function waitForFreshness(
  server: ServerContext,
  resourceVersion: string | number | null,
): Promise<void> {
  const { cache } = server;
  if (!cache.isReady) await cache.ready();
  if (resourceVersion === null || resourceVersion === '') await cache.fresh();
  else if (resourceVersion !== '0') {
    const revision =
      typeof resourceVersion === 'number' ? resourceVersion : revisionOf(resourceVersion, unexplained);
    if (revision > 0) await cache.waitFor(revision);
  }
}

/** `text` as a revision; `refuse` makes the error of one that isn't. */
export function revisionOf(text: string, refuse: (problem: string) => Error): number {
  const problem = !/^\d+$/.test(text)
    ? 'invalid syntax'
    : Number(text) >= 2 ** 64
      ? 'value out of range'
      : undefined;
  if (!problem) return Number(text);
  const quoted = goQuote(text);
  throw refuse(`resourceVersion: Invalid value: ${quoted}: strconv.ParseUint: parsing ${quoted}: ${problem}`);
}

/** Gets and watches give the parser's own error, which no code belongs to (apiserver: ErrorToAPIStatus). */
export function unexplained(problem: string): Error {
  return new ApiError({ code: 500, reason: '', message: problem });
}
