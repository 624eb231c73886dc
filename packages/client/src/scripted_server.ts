// For tests of this package: an API server that answers what the test says.
import type { KubeObject } from '@kubets/api';
import type { ApiRequest, ApiResult, Handler, ServerWatchEvent, Stored } from '@kubets/apiserver';

export interface ScriptedServer {
  handle: Handler;
  /** All requests so far. */
  requests: ApiRequest[];
  /** The next request gets this answer, or this failure. */
  answer(next: ApiResult | Error): void;
  /** The next request, which is a watch, gets what is pushed into what is returned. */
  answerWatch(): ScriptedWatch;
}

export interface ScriptedWatch {
  push(...events: ServerWatchEvent[]): void;
  end(): void;
  /** True once the caller has gone. */
  aborted(): boolean;
}

export function scriptedServer(): ScriptedServer {
  const requests: ApiRequest[] = [];
  const answers: (ApiResult | Error | ((request: ApiRequest) => ApiResult))[] = [];
  return {
    requests,
    async handle(request) {
      requests.push(request);
      const next = answers.shift();
      if (!next) return new Promise<never>(() => {});
      if (next instanceof Error) throw next;
      return typeof next === 'function' ? next(request) : next;
    },
    answer: (next) => void answers.push(next),
    answerWatch() {
      const batches: ServerWatchEvent[][] = [];
      let wake = () => {};
      let ended = false;
      let signal: AbortSignal | undefined;
      async function* events() {
        while (!signal!.aborted) {
          const batch = batches.shift();
          if (batch) yield batch;
          else if (ended) return;
          else await new Promise<void>((resolve) => (wake = resolve));
        }
      }
      answers.push((request) => {
        signal = request.signal;
        signal.addEventListener('abort', () => wake());
        return { type: 'watch', status: 200, apiVersion: 'v1', kind: '', events: events() };
      });
      return {
        push(...batch) {
          batches.push(batch);
          wake();
        },
        end() {
          ended = true;
          wake();
        },
        aborted: () => signal?.aborted ?? false,
      };
    },
  };
}

export function stored<T extends KubeObject>(object: T): Stored<T> {
  const { resourceVersion, namespace, name } = object.metadata;
  return {
    key: `/registry/${object.kind}/${namespace}/${name}`,
    revision: Number(resourceVersion),
    json: new TextEncoder().encode(JSON.stringify(object)),
    object,
  };
}

export function listOf(kind: string, resourceVersion: string, objects: KubeObject[]): ApiResult {
  const items = objects.map(stored);
  const metadata = { resourceVersion };
  return { type: 'list', status: 200, apiVersion: 'v1', kind, metadata, items, itemTypeLength: 0 };
}

export function objectResult(object: object, status = 200): ApiResult {
  return { type: 'object', status, object };
}
