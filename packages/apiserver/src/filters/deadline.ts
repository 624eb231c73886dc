import { badRequest, durationProblem, parseDuration, timeoutError } from '@kubets/api';
import type { Ms } from '@kubets/base';
import type { Filter } from '../call.ts';
import type { ServerContext } from '../server_context.ts';
import { isLongRunning } from './long_running.ts';

/** Answers 504 to what takes longer than the request's `timeout`, or than the server waits at most (--request-timeout). */
export function limitTime({ clock, limits }: Pick<ServerContext, 'clock' | 'limits'>): Filter {
  return async (call, next) => {
    const { verb, subresource } = call.info;
    if (isLongRunning(verb, subresource)) return next(call);
    const limitMs = askedMs(call.request.query, limits.requestMs);
    return new Promise((resolve, reject) => {
      const stop = clock.after(limitMs, () =>
        reject(timeoutError('request did not complete within the allotted timeout')),
      );
      next(call).then(
        (result) => {
          stop();
          resolve(result);
        },
        (error) => {
          stop();
          reject(error);
        },
      );
    });
  };
}

/** Zero and less, and what is longer than the server's own limit, mean that limit. */
function askedMs(query: URLSearchParams, mostMs: Ms): Ms {
  const timeout = query.get('timeout');
  if (!timeout) return mostMs;
  const problem = durationProblem(timeout);
  if (problem) throw badRequest(`invalid timeout specified in the request URL - ${problem}`);
  const ms = (parseDuration(timeout) ?? 0) / 1e6;
  return ms > 0 && ms < mostMs ? ms : mostMs;
}
