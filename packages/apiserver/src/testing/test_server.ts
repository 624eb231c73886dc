// For tests: a server over a memory store and a clock that stands still, asked in-process.
import type { Status, UserInfo } from '@kubets/api';
import { FakeClock, type Logger, seededRandom, settleMicrotasks, silentLogger } from '@kubets/base';
import { resources } from '@kubets/resources';
import { memoryStore, type Store } from '@kubets/storage';
import type { ApiResult, ServerWatchEvent } from '../request.ts';
import { type ApiServer, type ApiServerOptions, createApiServer } from '../server.ts';

export interface TestServer {
  server: ApiServer;
  clock: FakeClock;
  store: Store;
  call(method: string, path: string, options?: CallOptions): Promise<ApiResult>;
  /** The object of the answer; fails the test where the server refuses. */
  send(method: string, path: string, body?: object, options?: CallOptions): Promise<any>;
  /** The Status of an answer that must be a refusal. */
  refusal(
    method: string,
    path: string,
    body?: object,
    options?: CallOptions,
  ): Promise<Status & { code: number }>;
  /** Names of the items of a list. */
  names(path: string): Promise<string[]>;
  watch(path: string): Promise<TestWatch>;
  /** Errors that the server logged: none in a healthy test. */
  errors: string[];
  stop(): Promise<void>;
}

export interface CallOptions {
  body?: object | Uint8Array;
  user?: UserInfo | null;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

export interface TestWatch {
  /** Events that have come, as `ADDED name@revision`. */
  seen: string[];
  events: ServerWatchEvent[];
  /** Resolves once everything under way has been seen. */
  settle(): Promise<void>;
  ended: boolean;
  stop(): void;
}

const admin: UserInfo = { username: 'admin', groups: ['system:masters'] };

export async function startTestServer(options: Partial<ApiServerOptions> = {}): Promise<TestServer> {
  const clock = new FakeClock();
  const store = options.store ?? memoryStore();
  const errors: string[] = [];
  const log: Logger = {
    ...silentLogger,
    error: (message, fields) => errors.push(`${message} ${JSON.stringify(fields)}`),
    warn: (message, fields) => errors.push(`${message} ${JSON.stringify(fields)}`),
    with: () => log,
  };
  const server = createApiServer({
    store,
    clock,
    random: seededRandom(7),
    log,
    resources,
    authenticators: [],
    authorizers: [{ name: 'all', authorize: () => ({ decision: 'allow', reason: '' }) }],
    admission: [],
    ...options,
  });
  const stop = new AbortController();
  const running = server.run(stop.signal);
  await server.ready();
  const call: TestServer['call'] = (method, path, given = {}) => {
    const url = new URL(path, 'http://test');
    return server.handle({
      method,
      path: url.pathname,
      query: url.searchParams,
      headers: given.headers ?? {},
      body: given.body,
      user: given.user === null ? undefined : (given.user ?? admin),
      remoteAddress: '',
      signal: given.signal ?? new AbortController().signal,
    });
  };
  const answer = async (method: string, path: string, body?: object, given: CallOptions = {}) => {
    const result = await call(method, path, { body, ...given });
    if (result.type !== 'object') throw new Error(`${method} ${path}: answer of type ${result.type}`);
    return result;
  };
  return {
    server,
    clock,
    store,
    call,
    async send(method, path, body, given) {
      const { status, object } = await answer(method, path, body, given);
      if (status >= 400) throw new Error(`${method} ${path}: ${status} ${(object as Status).message}`);
      return object;
    },
    async refusal(method, path, body, given) {
      const { status, object } = await answer(method, path, body, given);
      if (status < 400) throw new Error(`${method} ${path}: was not refused, but answered ${status}`);
      return object as Status & { code: number };
    },
    async names(path) {
      const result = await call('GET', path);
      if (result.type !== 'list') throw new Error(`${path}: answer of type ${result.type}`);
      return result.items.map((item) => item.object.metadata.name);
    },
    async watch(path) {
      const controller = new AbortController();
      const result = await call('GET', path, { signal: controller.signal });
      if (result.type !== 'watch') throw new Error(`${path}: answer of type ${result.type}`);
      const watch: TestWatch = {
        seen: [],
        events: [],
        ended: false,
        settle: settleMicrotasks,
        stop: () => controller.abort(),
      };
      void (async () => {
        for await (const events of result.events)
          for (const event of events) {
            watch.events.push(event);
            watch.seen.push(describeEvent(event));
          }
        watch.ended = true;
      })();
      return watch;
    },
    errors,
    async stop() {
      stop.abort();
      await running;
    },
  };
}

function describeEvent({ type, stored, object }: ServerWatchEvent): string {
  if (type === 'ERROR') return `ERROR ${(object as Status).message}`;
  const { metadata } = (stored?.object ?? object) as {
    metadata: { name?: string; resourceVersion?: string };
  };
  return `${type} ${metadata.name ?? ''}@${metadata.resourceVersion}`;
}

/** A pod that passes validation. */
export function podNamed(name: string, fields: { spec?: object; metadata?: object } = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, ...fields.metadata },
    spec: { containers: [{ name: 'c', image: 'registry.test/app:1' }], ...fields.spec },
  };
}

export function configMapNamed(
  name: string,
  data: Record<string, string> = {},
  metadata: object = {},
): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...metadata }, data };
}

export function json(value: unknown): Uint8Array {
  return new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
}
