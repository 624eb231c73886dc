import { ApiError, internalError, isApiError, serviceUnavailable, timeoutError } from '@kubets/api';
import { errorMessage } from '@kubets/base';
import {
  CompactedError,
  NoSpaceError,
  StoreUnavailableError,
  UnknownOutcomeError,
  ValueTooLargeError,
} from '@kubets/storage';
import type { Filter } from '../call.ts';
import type { ApiResult } from '../request.ts';
import type { ServerContext } from '../server_context.ts';
import { tellableWarnings } from './warnings.ts';

/** Turns whatever is thrown into an answer: refusals as they are, everything else as 500. */
export function answerErrors({ log }: Pick<ServerContext, 'log'>): Filter {
  return async (call, next) => {
    try {
      return await next(call);
    } catch (error) {
      if (isApiError(error)) return errorResult(error, call.warnings);
      const known = storeRefusal(error);
      if (known) return errorResult(known, call.warnings);
      if (call.request.signal.aborted) return errorResult(internalError('the client has gone'), []);
      log.error('request failed', {
        method: call.request.method,
        path: call.request.path,
        error: error instanceof Error ? (error.stack ?? error.message) : errorMessage(error),
      });
      return errorResult(internalError(errorMessage(error)), call.warnings);
    }
  };
}

export function errorResult(error: ApiError, warnings: readonly string[]): ApiResult & { type: 'object' } {
  const { status } = error;
  const headers: Record<string, string> = {};
  const retryAfter = status.details?.retryAfterSeconds;
  if (retryAfter && (status.code === 429 || status.code >= 500)) headers['retry-after'] = String(retryAfter);
  return {
    type: 'object',
    status: status.code,
    object: status,
    headers,
    warnings: tellableWarnings(warnings),
  };
}

function storeRefusal(error: unknown): ApiError | undefined {
  // What etcd says of these comes through upstream's server as it is: 500, without a reason.
  if (error instanceof ValueTooLargeError)
    return new ApiError({ code: 500, message: 'etcdserver: request is too large' });
  if (error instanceof NoSpaceError)
    return new ApiError({ code: 500, message: 'etcdserver: mvcc: database space exceeded' });
  if (error instanceof CompactedError)
    return new ApiError({
      reason: 'Expired',
      code: 410,
      message: 'The provided resource version is too old.',
    });
  // Timeout is the reason that tells a client nothing of whether its write has happened.
  if (error instanceof UnknownOutcomeError) return timeoutError(error.message);
  if (error instanceof StoreUnavailableError) return serviceUnavailable(error.message);
  return undefined;
}
