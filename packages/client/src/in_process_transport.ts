import { ApiError, type KubeObject, type Status, statusError, type UserInfo } from '@kubets/api';
import type { ApiRequest, ApiResult, Handler, ServerWatchEvent } from '@kubets/apiserver';
import { errorMessage } from '@kubets/base';
import type { WatchEvent } from './client.ts';
import { type Transport, TransportError, type TransportRequest } from './transport.ts';

/**
 * The way to an API server in the same thread: nothing is encoded, objects pass by reference. What the
 * server answers is in its caches too, so it must not be changed.
 */
export function inProcessTransport(handle: Handler, user: UserInfo): Transport {
  const send = (request: TransportRequest, signal: AbortSignal) =>
    unlessAborted(handle(apiRequest(request, user, signal)), signal);
  return {
    async request(request) {
      if (request.signal) return answer(await send(request, request.signal));
      return answer(await handle(apiRequest(request, user, new AbortController().signal)));
    },
    async *watch(request) {
      // The server ends a watch when its signal aborts; a caller that stops reading ends it too.
      const stop = new AbortController();
      const onAbort = () => stop.abort(request.signal!.reason);
      if (request.signal?.aborted) return;
      request.signal?.addEventListener('abort', onAbort, { once: true });
      try {
        const result = await send(request, stop.signal);
        if (result.type !== 'watch') {
          answer(result);
          throw new TransportError('EPROTO', 'the answer to a watch is not a watch');
        }
        for await (const events of result.events) yield watchEvents(events);
      } catch (error) {
        if (!request.signal?.aborted) throw error;
      } finally {
        request.signal?.removeEventListener('abort', onAbort);
        stop.abort();
      }
    },
  };
}

/** A caller that has gone doesn't wait, even where the server doesn't look at the signal. */
function unlessAborted<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

function apiRequest(request: TransportRequest, user: UserInfo, signal: AbortSignal): ApiRequest {
  return {
    method: request.method,
    path: request.path,
    query: new URLSearchParams(request.query),
    headers: request.headers ?? {},
    body: request.body,
    user,
    remoteAddress: '',
    signal,
  };
}

function answer(result: ApiResult): unknown {
  switch (result.type) {
    case 'object':
      if (result.status >= 400) throw new ApiError(result.object as Status);
      return result.object;
    case 'list':
      return {
        kind: result.kind,
        apiVersion: result.apiVersion,
        metadata: result.metadata,
        items: result.items.map((item) => item.object),
      };
    case 'raw':
      return rawAnswer(result);
    default:
      throw new TransportError('EPROTO', `an answer of type ${result.type} can't be had in-process`);
  }
}

async function rawAnswer(result: ApiResult & { type: 'raw' }): Promise<unknown> {
  const { body } = result;
  let text = '';
  if (typeof body === 'string') text = body;
  else {
    const decoder = new TextDecoder();
    if (body instanceof Uint8Array) text = decoder.decode(body);
    else for await (const chunk of body) text += decoder.decode(chunk, { stream: true });
  }
  if (result.status >= 400) {
    const { status: code } = result;
    // What client-go makes of a 404 that is no Status: nobody serves the group.
    throw code === 404
      ? statusError(404, 'NotFound', 'the server could not find the requested resource')
      : new ApiError({ status: 'Failure', code, message: text, reason: 'InternalError' });
  }
  if (!result.contentType.startsWith('application/json')) return text;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new TransportError('EPROTO', errorMessage(error));
  }
}

function watchEvents(events: readonly ServerWatchEvent[]): readonly WatchEvent<KubeObject>[] {
  return events.map((event): WatchEvent<KubeObject> => {
    switch (event.type) {
      case 'ERROR':
        throw new ApiError(event.object as Status);
      case 'BOOKMARK': {
        const { metadata } = event.object as KubeObject;
        return { type: 'BOOKMARK', resourceVersion: metadata.resourceVersion };
      }
      default:
        return { type: event.type, object: event.stored!.object };
    }
  });
}
