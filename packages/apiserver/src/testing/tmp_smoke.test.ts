import { expect, test, vi } from 'vitest';

vi.mock('@kubets/api', async (orig) => {
  const o: any = await orig();
  return {
    ...o,
    trackManagedFields: o.trackManagedFields ?? (({ next }: any) => next),
    pruneUnknownFields: o.pruneUnknownFields ?? ((object: any) => ({ object, unknown: [] })),
    applyMergePatch:
      o.applyMergePatch ?? ((a: any, b: any) => ({ ...a, ...b, metadata: { ...a.metadata, ...b.metadata } })),
    findDuplicateFields: o.findDuplicateFields ?? (() => []),
  };
});

import { FakeClock, seededRandom, settleMicrotasks, silentLogger } from '@kubets/base';
import { resources } from '@kubets/resources';
import { memoryStore } from '@kubets/storage';
import type { ApiRequest, ApiResult } from '../request.ts';
import { createApiServer } from '../server.ts';

const log = { ...silentLogger, error: (m: string, f: any) => console.log(m, f), with: () => log } as any;
test('smoke', async () => {
  const clock = new FakeClock();
  const server = createApiServer({
    store: memoryStore(),
    clock,
    random: seededRandom(1),
    log,
    resources,
    authenticators: [],
    authorizers: [{ name: 'all', authorize: () => ({ decision: 'allow', reason: '' }) }],
    admission: [],
  });
  const stop = new AbortController();
  const running = server.run(stop.signal);
  await server.ready();
  const call = (
    method: string,
    path: string,
    body?: object,
    headers: Record<string, string> = {},
    signal = new AbortController().signal,
  ): Promise<ApiResult> => {
    const url = new URL('http://x' + path);
    return server.handle({
      method,
      path: url.pathname,
      query: url.searchParams,
      headers,
      body,
      user: { username: 'admin', groups: ['system:masters'] },
      remoteAddress: '',
      signal,
    } as ApiRequest);
  };
  const show = (r: any) =>
    console.log(
      r.type,
      r.status,
      JSON.stringify(r.object ?? r.items?.map((i: any) => i.object.metadata.name) ?? ''),
      JSON.stringify(r.metadata ?? ''),
    );
  show(await call('POST', '/api/v1/namespaces', { metadata: { name: 'default' } }));
  show(
    await call('POST', '/api/v1/namespaces/default/configmaps', {
      metadata: { name: 'a' },
      data: { x: '1' },
    }),
  );
  show(
    await call('POST', '/api/v1/namespaces/default/configmaps', {
      metadata: { generateName: 'b-' },
      data: { x: '1' },
    }),
  );
  show(await call('POST', '/api/v1/namespaces/default/configmaps', { metadata: { name: 'a' } }));
  show(await call('GET', '/api/v1/namespaces/default/configmaps'));
  show(await call('GET', '/api/v1/configmaps?limit=1'));
  show(
    await call('PUT', '/api/v1/namespaces/default/configmaps/a', {
      metadata: { name: 'a', resourceVersion: '1' },
    }),
  );
  show(
    await call('PUT', '/api/v1/namespaces/default/configmaps/a', {
      metadata: { name: 'a' },
      data: { y: '2' },
    }),
  );
  show(
    await call(
      'PATCH',
      '/api/v1/namespaces/default/configmaps/a',
      { data: { z: '2' } },
      { 'content-type': 'application/merge-patch+json' },
    ),
  );
  const ac = new AbortController();
  const w: any = await call('GET', '/api/v1/configmaps?watch=1&resourceVersion=2', undefined, {}, ac.signal);
  const seen: any[] = [];
  const reading = (async () => {
    for await (const b of w.events)
      for (const e of b) seen.push(e.type, (e.stored?.object ?? e.object).metadata.resourceVersion);
  })();
  show(await call('DELETE', '/api/v1/namespaces/default/configmaps/a'));
  show(
    await call('POST', '/api/v1/namespaces/default/pods', {
      metadata: { name: 'p' },
      spec: { containers: [{ name: 'c', image: 'x' }] },
    }),
  );
  show(await call('DELETE', '/api/v1/namespaces/default/pods/p'));
  show(await call('DELETE', '/api/v1/namespaces/default'));
  show(
    await call('PUT', '/api/v1/namespaces/default/finalize', {
      metadata: { name: 'default' },
      spec: { finalizers: [] },
    }),
  );
  show(await call('GET', '/api/v1/namespaces/default'));
  show(await call('DELETE', '/api/v1/namespaces/default/configmaps'));
  await settleMicrotasks();
  ac.abort();
  await reading;
  console.log(seen.join(' '));
  expect(1).toBe(1);
  stop.abort();
  await running;
});
