import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { configMapNamed, startTestServer, type TestServer } from '../testing/test_server.ts';

const maps = '/api/v1/namespaces/default/configmaps';
let api: TestServer;

beforeEach(async () => {
  api = await startTestServer();
});
afterEach(async () => {
  await api.stop();
  expect(api.errors).toEqual([]);
});

const labelled = (name: string, on: boolean) => configMapNamed(name, {}, { labels: { on: String(on) } });
const revision = async () => Number(((await api.call('GET', maps)) as any).metadata.resourceVersion);

describe('watch', () => {
  test('from a revision: every change after it, deletes at their own revision', async () => {
    const from = await revision();
    await api.send('POST', maps, configMapNamed('a'));
    const watch = await api.watch(`${maps}?watch=true&resourceVersion=${from}`);
    await api.send('PUT', `${maps}/a`, configMapNamed('a', { k: 'v' }));
    await api.send('DELETE', `${maps}/a`);
    await watch.settle();
    expect(watch.seen).toEqual([`ADDED a@${from + 1}`, `MODIFIED a@${from + 2}`, `DELETED a@${from + 3}`]);
    expect((watch.events[2]!.stored!.object as any).data).toEqual({ k: 'v' });
    watch.stop();
  });

  test('without a revision: what is there first', async () => {
    await api.send('POST', maps, configMapNamed('a'));
    const watch = await api.watch(`${maps}?watch=true`);
    await api.send('POST', maps, configMapNamed('b'));
    await watch.settle();
    expect(watch.seen.map((each) => each.split('@')[0])).toEqual(['ADDED a', 'ADDED b']);
    watch.stop();
    await watch.settle();
    expect(watch.ended).toBe(true);
  });

  test('with a selector, objects come and go as they begin and cease to match', async () => {
    const from = await revision();
    const watch = await api.watch(`${maps}?watch=true&resourceVersion=${from}&labelSelector=on%3Dtrue`);
    await api.send('POST', maps, labelled('a', false));
    await api.send('PUT', `${maps}/a`, labelled('a', true));
    await api.send('PUT', `${maps}/a`, { ...labelled('a', true), data: { k: 'v' } });
    await api.send('PUT', `${maps}/a`, labelled('a', false));
    await api.send('DELETE', `${maps}/a`);
    await watch.settle();
    expect(watch.seen).toEqual([`ADDED a@${from + 2}`, `MODIFIED a@${from + 3}`, `DELETED a@${from + 4}`]);
    // As it was when it last matched.
    expect((watch.events[2]!.stored!.object as any).data).toEqual({ k: 'v' });
    watch.stop();
  });

  test('of one object, by field', async () => {
    const from = await revision();
    const watch = await api.watch(
      `${maps}?watch=true&resourceVersion=${from}&fieldSelector=metadata.name%3Da`,
    );
    await api.send('POST', maps, configMapNamed('a'));
    await api.send('POST', maps, configMapNamed('ab'));
    await watch.settle();
    expect(watch.seen).toEqual([`ADDED a@${from + 1}`]);
    watch.stop();
  });

  test('of one namespace', async () => {
    await api.send('POST', '/api/v1/namespaces', { metadata: { name: 'other' } });
    const watch = await api.watch(`${maps}?watch=true&resourceVersion=${await revision()}`);
    await api.send('POST', '/api/v1/namespaces/other/configmaps', configMapNamed('x'));
    await watch.settle();
    expect(watch.seen).toEqual([]);
    watch.stop();
  });

  test('all watchers share the events, so that they can share frames', async () => {
    const query = `watch=true&resourceVersion=${await revision()}`;
    const one = await api.watch(`${maps}?${query}`);
    const two = await api.watch(`/api/v1/configmaps?${query}`);
    await api.send('POST', maps, configMapNamed('a'));
    await one.settle();
    expect(one.events[0]).toBe(two.events[0]);
    one.stop();
    two.stop();
  });

  test('from a revision that is no longer kept', async () => {
    await api.store.compact(await api.store.revision());
    const fresh = await startTestServer({ store: api.store });
    const watch = await fresh.watch(`${maps}?watch=true&resourceVersion=1`);
    await watch.settle();
    expect(watch.seen[0]).toMatch(/^ERROR too old resource version: 1 \(\d+\)$/);
    expect(watch.events[0]!.object).toMatchObject({ code: 410, reason: 'Expired' });
    expect(watch.ended).toBe(true);
    await fresh.stop();
  });

  test('timeoutSeconds ends it', async () => {
    const watch = await api.watch(`${maps}?watch=true&timeoutSeconds=5`);
    await api.clock.advance(4_999);
    expect(watch.ended).toBe(false);
    await api.clock.advance(1);
    expect(watch.ended).toBe(true);
  });

  test('an answer that nobody reads leaves nothing behind', async () => {
    const controller = new AbortController();
    await api.call('GET', `${maps}?watch=true`, { signal: controller.signal });
    controller.abort();
    const text: any = await api.call('GET', '/metrics');
    expect(text.body).not.toContain('resource="configmaps",verb="WATCH"');
  });
});

describe('bookmarks', () => {
  test('come each minute where they are wanted', async () => {
    const from = await revision();
    const wanted = await api.watch(`${maps}?watch=true&resourceVersion=${from}&allowWatchBookmarks=true`);
    const unwanted = await api.watch(`${maps}?watch=true&resourceVersion=${from}`);
    await api.send('POST', '/api/v1/namespaces', { metadata: { name: 'elsewhere' } });
    await api.clock.advance(60_000);
    expect(wanted.seen).toEqual([expect.stringMatching(/^BOOKMARK @\d+$/)]);
    expect(wanted.events[0]!.object).toMatchObject({ kind: 'ConfigMap', apiVersion: 'v1' });
    expect(unwanted.seen).toEqual([]);
    wanted.stop();
    unwanted.stop();
  });

  test('sendInitialEvents ends with one that says so', async () => {
    await api.send('POST', maps, configMapNamed('a'));
    const query =
      'watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
    const watch = await api.watch(`${maps}?${query}`);
    await watch.settle();
    expect(watch.seen[0]).toMatch(/^ADDED a@/);
    expect(watch.events[1]!.object).toMatchObject({
      metadata: {
        annotations: { 'k8s.io/initial-events-end': 'true' },
        resourceVersion: String(await revision()),
      },
    });
    watch.stop();
  });

  test('rules', async () => {
    const refused = await api.refusal('GET', `${maps}?watch=true&sendInitialEvents=true`);
    expect(refused.message).toBe(
      'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
    );
  });
});

describe('other versions', () => {
  test('see the same objects and events in their own form', async () => {
    const v1 = '/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers';
    const v2 = '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers';
    const watch = await api.watch(`${v1}?watch=true&allowWatchBookmarks=true`);
    const body = {
      metadata: { name: 'h' },
      spec: {
        maxReplicas: 3,
        scaleTargetRef: { kind: 'Deployment', name: 'd', apiVersion: 'apps/v1' },
        targetCPUUtilizationPercentage: 60,
      },
    };
    const made = await api.send('POST', v1, body);
    expect(made).toMatchObject({
      apiVersion: 'autoscaling/v1',
      spec: { targetCPUUtilizationPercentage: 60 },
    });
    const stored = await api.send('GET', `${v2}/h`);
    expect(stored.spec.metrics[0].resource.target.averageUtilization).toBe(60);
    await watch.settle();
    expect(watch.events[0]!.object).toMatchObject({ apiVersion: 'autoscaling/v1' });
    expect((watch.events[1]!.stored!.object as any).apiVersion).toBe('autoscaling/v1');
    await api.clock.advance(60_000);
    expect(watch.events[2]!.object).toMatchObject({ apiVersion: 'autoscaling/v1' });
    watch.stop();
    const patched = await api.send(
      'PATCH',
      `${v1}/h`,
      { spec: { maxReplicas: 9 } },
      {
        headers: { 'content-type': 'application/merge-patch+json' },
      },
    );
    expect(patched).toMatchObject({
      apiVersion: 'autoscaling/v1',
      spec: { maxReplicas: 9, targetCPUUtilizationPercentage: 60 },
    });
  });
});
