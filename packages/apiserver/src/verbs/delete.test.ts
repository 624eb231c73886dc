import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { configMapNamed, json, podNamed, startTestServer, type TestServer } from '../testing/test_server.ts';

const maps = '/api/v1/namespaces/default/configmaps';
const pods = '/api/v1/namespaces/default/pods';
let api: TestServer;

beforeEach(async () => {
  api = await startTestServer();
});
afterEach(async () => {
  await api.stop();
  expect(api.errors).toEqual([]);
});

async function runningPod(name: string): Promise<any> {
  await api.send('POST', pods, podNamed(name, { spec: { nodeName: 'n1' } }));
  return api.send(
    'PATCH',
    `${pods}/${name}/status`,
    { status: { phase: 'Running' } },
    {
      headers: { 'content-type': 'application/merge-patch+json' },
    },
  );
}

describe('delete', () => {
  test('answers with a Status that says what is gone', async () => {
    const made = await api.send('POST', maps, configMapNamed('a'));
    expect(await api.send('DELETE', `${maps}/a`)).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Success',
      details: { name: 'a', kind: 'configmaps', uid: made.metadata.uid },
    });
    expect(await api.refusal('GET', `${maps}/a`)).toMatchObject({ code: 404 });
    expect(await api.refusal('DELETE', `${maps}/a`)).toMatchObject({
      code: 404,
      message: 'configmaps "a" not found',
    });
  });

  test('preconditions', async () => {
    const made = await api.send('POST', maps, configMapNamed('a'));
    const refused = await api.refusal('DELETE', `${maps}/a`, { preconditions: { uid: 'other' } });
    expect(refused).toMatchObject({ code: 409 });
    expect(refused.message).toContain('the UID in the precondition (other) does not match the UID in record');
    expect(
      await api.refusal('DELETE', `${maps}/a`, { preconditions: { resourceVersion: '1' } }),
    ).toMatchObject({ code: 409 });
    await api.send('DELETE', `${maps}/a`, { preconditions: { uid: made.metadata.uid } });
  });

  test('options that are no options', async () => {
    await api.send('POST', maps, configMapNamed('a'));
    expect(await api.refusal('DELETE', `${maps}/a`, { propagationPolicy: 'Maybe' })).toMatchObject({
      code: 422,
    });
    expect(await api.refusal('DELETE', `${maps}/a?propagationPolicy=Maybe`)).toMatchObject({ code: 422 });
    const odd = { body: json('{"kind":"Pod"}'), headers: { 'content-type': 'application/json' } };
    expect(await api.call('DELETE', `${maps}/a`, odd)).toMatchObject({ status: 400 });
  });

  test('dry run', async () => {
    await api.send('POST', maps, configMapNamed('a'));
    await api.send('DELETE', `${maps}/a?dryRun=All`);
    await api.send('GET', `${maps}/a`);
  });

  test('finalizers hold the object; taking the last one off removes it', async () => {
    await api.send('POST', maps, configMapNamed('a', {}, { finalizers: ['test.example/hold'] }));
    const held = await api.send('DELETE', `${maps}/a`);
    expect(held.metadata).toMatchObject({
      deletionTimestamp: '2026-01-01T00:00:00Z',
      deletionGracePeriodSeconds: 0,
      finalizers: ['test.example/hold'],
    });
    const again = await api.send('DELETE', `${maps}/a`);
    expect(again.metadata.resourceVersion).toBe(held.metadata.resourceVersion);
    const metadata = { ...again.metadata, finalizers: [] };
    await api.send('PUT', `${maps}/a`, { ...again, metadata });
    expect(await api.refusal('GET', `${maps}/a`)).toMatchObject({ code: 404 });
  });

  test('propagation becomes a finalizer for the garbage collector', async () => {
    for (const [policy, finalizer] of [
      ['Foreground', 'foregroundDeletion'],
      ['Orphan', 'orphan'],
    ]) {
      await api.send('POST', maps, configMapNamed(policy!.toLowerCase()));
      const held = await api.send('DELETE', `${maps}/${policy!.toLowerCase()}`, {
        propagationPolicy: policy,
      });
      expect(held.metadata.finalizers).toEqual([finalizer]);
    }
    await api.send('POST', maps, configMapNamed('b'));
    await api.send('DELETE', `${maps}/b`, { propagationPolicy: 'Background' });
    expect(await api.refusal('GET', `${maps}/b`)).toMatchObject({ code: 404 });
  });

  test('orphanDependents: false of a held object answers 202', async () => {
    await api.send('POST', maps, configMapNamed('a', {}, { finalizers: ['test.example/hold'] }));
    expect(await api.call('DELETE', `${maps}/a`, { body: { orphanDependents: false } })).toMatchObject({
      status: 202,
    });
  });
});

describe('delete of pods', () => {
  test('one that runs gets its grace period, which can only be shortened', async () => {
    await runningPod('p');
    const marked = await api.send('DELETE', `${pods}/p`);
    expect(marked.metadata).toMatchObject({
      deletionTimestamp: '2026-01-01T00:00:30Z',
      deletionGracePeriodSeconds: 30,
      generation: 2,
    });
    await api.clock.advance(10_000);
    const longer = await api.send('DELETE', `${pods}/p?gracePeriodSeconds=60`);
    expect(longer.metadata.deletionGracePeriodSeconds).toBe(30);
    const shorter = await api.send('DELETE', `${pods}/p?gracePeriodSeconds=5`);
    expect(shorter.metadata).toMatchObject({
      deletionTimestamp: '2026-01-01T00:00:10Z',
      deletionGracePeriodSeconds: 1,
    });
    await api.send('DELETE', `${pods}/p?gracePeriodSeconds=0`);
    expect(await api.refusal('GET', `${pods}/p`)).toMatchObject({ code: 404 });
  });

  test('one that no node runs goes at once', async () => {
    await api.send('POST', pods, podNamed('p'));
    const gone = await api.send('DELETE', `${pods}/p`);
    expect(gone.kind).toBe('Pod');
    expect(await api.refusal('GET', `${pods}/p`)).toMatchObject({ code: 404 });
  });
});

describe('deletecollection', () => {
  test('deletes what the selector selects and answers with the list', async () => {
    for (const name of ['a', 'b', 'c'])
      await api.send('POST', maps, configMapNamed(name, {}, { labels: { name } }));
    const result: any = await api.call('DELETE', `${maps}?labelSelector=name%20in%20(a,b)`);
    expect(result).toMatchObject({ type: 'list', kind: 'ConfigMapList' });
    expect(result.items.map((item: any) => item.object.metadata.name).sort()).toEqual(['a', 'b']);
    expect(await api.names(maps)).toEqual(['c']);
  });

  test('pods get their grace', async () => {
    await runningPod('p');
    await api.call('DELETE', pods);
    expect((await api.send('GET', `${pods}/p`)).metadata.deletionGracePeriodSeconds).toBe(30);
  });
});

describe('namespaces', () => {
  test('are emptied by a controller, then finalized', async () => {
    await api.send('POST', '/api/v1/namespaces', { metadata: { name: 'x' } });
    const marked = await api.send('DELETE', '/api/v1/namespaces/x');
    expect(marked.status.phase).toBe('Terminating');
    expect(marked.spec.finalizers).toEqual(['kubernetes']);
    expect(marked.metadata.deletionGracePeriodSeconds).toBeUndefined();
    await api.send('PUT', '/api/v1/namespaces/x/finalize', { ...marked, spec: { finalizers: [] } });
    expect(await api.refusal('GET', '/api/v1/namespaces/x')).toMatchObject({ code: 404 });
  });

  test('those that every cluster has come back', async () => {
    const marked = await api.send('DELETE', '/api/v1/namespaces/kube-public');
    await api.send('PUT', '/api/v1/namespaces/kube-public/finalize', { ...marked, spec: { finalizers: [] } });
    await api.clock.advance(60_000);
    expect((await api.send('GET', '/api/v1/namespaces/kube-public')).status.phase).toBe('Active');
  });

  test('there is no delete of all at once', async () => {
    expect(await api.refusal('DELETE', '/api/v1/namespaces')).toMatchObject({ code: 405 });
  });
});
