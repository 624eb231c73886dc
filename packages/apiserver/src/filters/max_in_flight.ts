import { tooManyRequests } from '@kubets/api';
import type { Filter } from '../call.ts';
import type { ServerContext } from '../server_context.ts';

const mutating = new Set(['create', 'update', 'patch', 'delete', 'deletecollection', 'post', 'put']);

/**
 * At most so many requests at once, reads and writes counted apart; watches and streams don't count, and
 * system:masters is never turned away, so that a full server can still be repaired.
 */
export function limitInFlight({ limits }: Pick<ServerContext, 'limits'>): Filter {
  let reads = 0;
  let writes = 0;
  return async (call, next) => {
    const { info, user } = call;
    if (isLongRunning(info.verb, info.subresource) || user.groups?.includes('system:masters'))
      return next(call);
    const writing = mutating.has(info.verb);
    if (writing ? writes >= limits.maxMutatingInFlight : reads >= limits.maxInFlight)
      throw tooManyRequests('Too many requests, please try again later.', 1);
    if (writing) writes += 1;
    else reads += 1;
    try {
      return await next(call);
    } finally {
      if (writing) writes -= 1;
      else reads -= 1;
    }
  };
}

const streams = new Set(['exec', 'attach', 'portforward', 'proxy', 'log']);

export function isLongRunning(verb: string, subresource: string): boolean {
  return verb === 'watch' || streams.has(subresource);
}
