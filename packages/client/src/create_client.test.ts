import { isNotFound, notFound, type Pod, type Status } from '@kubets/api';
import { describe, expect, test } from 'vitest';
import { createClient } from './create_client.ts';
import { inProcessTransport } from './in_process_transport.ts';
import { refs } from './refs.ts';
import { listOf, objectResult, scriptedServer, stored } from './scripted_server.ts';

function setUp() {
  const server = scriptedServer();
  const client = createClient(inProcessTransport(server.handle, { username: 'system:test' }));
  const last = () => {
    const { method, path, query, headers, body } = server.requests.at(-1)!;
    return { method, url: query.size > 0 ? `${path}?${query}` : path, headers, body };
  };
  return { server, client, last };
}

function pod(name: string, resourceVersion: string): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', uid: name, resourceVersion, creationTimestamp: '' },
    spec: { containers: [] },
  };
}

describe('client', () => {
  test('addresses objects by group, namespace, name and subresource', async () => {
    const { server, client, last } = setUp();
    for (let i = 0; i < 4; i++) server.answer(objectResult({}));
    await client.get(refs.pods, 'web', 'default');
    expect(last()).toMatchObject({ method: 'GET', url: '/api/v1/namespaces/default/pods/web' });
    await client.get(refs.clusterRoles, 'system:node');
    expect(last().url).toBe('/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Anode');
    await client.createSubresource(refs.pods, 'web', 'default', 'binding', { kind: 'Binding' });
    expect(last()).toMatchObject({
      method: 'POST',
      url: '/api/v1/namespaces/default/pods/web/binding',
      body: { kind: 'Binding' },
    });
    await client.getSubresource(refs.deployments, 'web', 'default', 'scale');
    expect(last().url).toBe('/apis/apps/v1/namespaces/default/deployments/web/scale');
  });

  test('passes objects by reference, both ways', async () => {
    const { server, client, last } = setUp();
    const web = pod('web', '5');
    server.answer({ type: 'object', status: 200, object: web, stored: stored(web) });
    expect(await client.update(refs.pods, web)).toBe(web);
    expect(last()).toMatchObject({ method: 'PUT', url: '/api/v1/namespaces/default/pods/web' });
    expect(last().body).toBe(web);
    server.answer(listOf('PodList', '9', [web]));
    const list = await client.list(refs.pods);
    expect(list).toEqual({ items: [web], resourceVersion: '9' });
    expect(list.items[0]).toBe(web);
  });

  test('says the kind of what it creates, and where', async () => {
    const { server, client, last } = setUp();
    server.answer(objectResult({}, 201));
    await client.create(
      refs.configMaps,
      { metadata: { name: 'a', namespace: 'x' } },
      { fieldManager: 'me', dryRun: true },
    );
    expect(last()).toMatchObject({
      method: 'POST',
      url: '/api/v1/namespaces/x/configmaps?fieldManager=me&dryRun=All',
      body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'x' } },
    });
    await expect(client.create(refs.configMaps, { metadata: { name: 'a' } })).rejects.toMatchObject({
      message: 'an empty namespace may not be set during creation',
    });
  });

  test('sends list options, patches and delete options as the API names them', async () => {
    const { server, client, last } = setUp();
    server.answer(listOf('PodList', '1', []));
    await client.list(refs.pods, {
      namespace: 'x',
      labelSelector: 'a=b',
      fieldSelector: 'spec.nodeName=n',
      limit: 5,
    });
    expect(last().url).toBe(
      '/api/v1/namespaces/x/pods?labelSelector=a%3Db&fieldSelector=spec.nodeName%3Dn&limit=5',
    );
    server.answer(objectResult({}));
    const patch = { metadata: { labels: { a: 'b' } } };
    await client.patch(refs.pods, 'web', 'x', 'apply', patch, { fieldManager: 'me', force: true });
    expect(last()).toEqual({
      method: 'PATCH',
      url: '/api/v1/namespaces/x/pods/web?fieldManager=me&force=true',
      headers: { 'content-type': 'application/apply-patch+yaml' },
      body: patch,
    });
    server.answer(objectResult({}));
    await client.delete(refs.pods, 'web', 'x', { gracePeriodSeconds: 0, uid: 'u' });
    expect(last()).toMatchObject({
      method: 'DELETE',
      body: {
        kind: 'DeleteOptions',
        apiVersion: 'v1',
        gracePeriodSeconds: 0,
        preconditions: { uid: 'u' },
      },
    });
  });

  test('rejects with the ApiError of the server, thrown or answered', async () => {
    const { server, client } = setUp();
    const error = notFound({ group: '', resource: 'pods' }, 'web');
    server.answer(error);
    await expect(client.get(refs.pods, 'web', 'x')).rejects.toBe(error);
    server.answer(objectResult(error.status, 404));
    const answered = await client.get(refs.pods, 'web', 'x').catch((thrown) => thrown);
    expect(isNotFound(answered)).toBe(true);
  });

  test('reads JSON and text answers of other paths', async () => {
    const { server, client } = setUp();
    server.answer({ type: 'raw', status: 200, contentType: 'application/json', body: '{"major":"1"}' });
    expect(await client.request('GET', '/version')).toEqual({ major: '1' });
    server.answer({
      type: 'raw',
      status: 200,
      contentType: 'text/plain',
      body: new TextEncoder().encode('ok'),
    });
    expect(await client.request('GET', '/healthz')).toBe('ok');
  });
});

describe('watch', () => {
  test('gives events by reference, bookmarks by revision, and tells the server when it stops', async () => {
    const { server, client, last } = setUp();
    const watch = server.answerWatch();
    const stop = new AbortController();
    const events = client.watch(refs.pods, { resourceVersion: '7' }, stop.signal)[Symbol.asyncIterator]();
    const first = events.next();
    const web = pod('web', '8');
    watch.push(
      { type: 'ADDED', stored: stored(web) },
      { type: 'BOOKMARK', object: { kind: 'Pod', metadata: { resourceVersion: '9' } } },
    );
    const { value } = await first;
    expect(value).toEqual([
      { type: 'ADDED', object: web },
      { type: 'BOOKMARK', resourceVersion: '9' },
    ]);
    expect(value[0].object).toBe(web);
    expect(last().url).toBe('/api/v1/pods?resourceVersion=7&watch=true&allowWatchBookmarks=true');
    stop.abort();
    expect(await events.next()).toMatchObject({ done: true });
    expect(watch.aborted()).toBe(true);
  });

  test('a caller that stops reading ends it at the server', async () => {
    const { server, client } = setUp();
    const watch = server.answerWatch();
    watch.push({ type: 'ADDED', stored: stored(pod('web', '8')) });
    for await (const _ of client.watch(refs.pods, { resourceVersion: '7' }, new AbortController().signal))
      break;
    expect(watch.aborted()).toBe(true);
  });

  test('an ERROR event rejects with its Status', async () => {
    const { server, client } = setUp();
    const status: Status = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' };
    server.answerWatch().push({ type: 'ERROR', object: status });
    const events = client.watch(refs.pods, { resourceVersion: '7' }, new AbortController().signal);
    await expect(events[Symbol.asyncIterator]().next()).rejects.toMatchObject({ message: 'too old' });
  });
});
