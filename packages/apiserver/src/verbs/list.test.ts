import type { Store } from '@kubets/storage';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { configMapNamed, podNamed, startTestServer, type TestServer } from '../testing/test_server.ts';

const maps = '/api/v1/namespaces/default/configmaps';
let api: TestServer;

beforeEach(async () => {
  api = await startTestServer();
});
afterEach(async () => {
  await api.stop();
  expect(api.errors).toEqual([]);
});

async function list(path: string): Promise<any> {
  const result: any = await api.call('GET', path);
  if (result.type !== 'list') return result;
  return { ...result, names: result.items.map((item: any) => item.object.metadata.name) };
}

async function five(): Promise<void> {
  for (const name of ['a', 'b', 'c', 'd', 'e'])
    await api.send('POST', maps, configMapNamed(name, {}, { labels: { odd: String('ace'.includes(name)) } }));
}

describe('list', () => {
  test('is in the order of names, of one namespace or of all', async () => {
    await api.send('POST', '/api/v1/namespaces', { metadata: { name: 'other' } });
    for (const name of ['b', 'a']) await api.send('POST', maps, configMapNamed(name));
    await api.send('POST', '/api/v1/namespaces/other/configmaps', configMapNamed('c'));
    expect(await list(maps)).toMatchObject({ kind: 'ConfigMapList', apiVersion: 'v1', names: ['a', 'b'] });
    const users = 'fieldSelector=metadata.namespace!%3Dkube-system';
    expect(await api.names(`/api/v1/configmaps?${users}`)).toEqual(['a', 'b', 'c']);
    expect(await api.names('/api/v1/namespaces/none/configmaps')).toEqual([]);
  });

  test('selectors', async () => {
    await five();
    expect(await api.names(`${maps}?labelSelector=odd%3Dtrue`)).toEqual(['a', 'c', 'e']);
    expect(await api.names(`${maps}?labelSelector=odd!%3Dtrue&fieldSelector=metadata.name!%3Db`)).toEqual([
      'd',
    ]);
    expect(await api.names(`${maps}?fieldSelector=metadata.name%3Db`)).toEqual(['b']);
    expect(await api.names('/api/v1/configmaps?fieldSelector=metadata.name%3Db')).toEqual(['b']);
    expect(
      await api.names('/api/v1/configmaps?fieldSelector=metadata.namespace%3Ddefault,metadata.name%3Db'),
    ).toEqual(['b']);
    expect(await api.names('/api/v1/configmaps?fieldSelector=metadata.namespace%3Dkube-public')).toEqual([]);
    expect(await api.refusal('GET', `${maps}?labelSelector=%3D%3D`)).toMatchObject({ code: 400 });
    expect(await api.refusal('GET', `${maps}?fieldSelector=data.x%3D1`)).toMatchObject({
      code: 400,
      message: '"data.x" is not a known field selector: only "metadata.name", "metadata.namespace"',
    });
  });

  test('fields of the kind', async () => {
    const pods = '/api/v1/namespaces/default/pods';
    await api.send('POST', pods, podNamed('p', { spec: { nodeName: 'n1' } }));
    await api.send('POST', pods, podNamed('q'));
    expect(await api.names('/api/v1/pods?fieldSelector=spec.nodeName%3Dn1')).toEqual(['p']);
    expect(await api.names('/api/v1/pods?fieldSelector=spec.nodeName!%3Dn1')).toEqual(['q']);
  });

  test('pages are of one revision, whatever happens between them', async () => {
    await five();
    const first = await list(`${maps}?limit=2`);
    expect(first).toMatchObject({ names: ['a', 'b'], metadata: { remainingItemCount: 3 } });
    await api.send('DELETE', `${maps}/c`);
    await api.send('POST', maps, configMapNamed('bb'));
    await api.send('PUT', `${maps}/d`, configMapNamed('d', { changed: 'yes' }));
    const second = await list(`${maps}?limit=2&continue=${first.metadata.continue}`);
    expect(second.names).toEqual(['c', 'd']);
    expect(second.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
    expect(second.items[1].object.data).toBeUndefined();
    const third = await list(`${maps}?limit=2&continue=${second.metadata.continue}`);
    expect(third.names).toEqual(['e']);
    expect(third.metadata.continue).toBeUndefined();
  });

  test('pages with a selector do not count what remains', async () => {
    await five();
    const first = await list(`${maps}?limit=2&labelSelector=odd%3Dtrue`);
    expect(first.names).toEqual(['a', 'c']);
    expect(first.metadata.remainingItemCount).toBeUndefined();
    const second = await list(`${maps}?limit=2&labelSelector=odd%3Dtrue&continue=${first.metadata.continue}`);
    expect(second.names).toEqual(['e']);
  });

  test('a token that is too old comes with one that goes on', async () => {
    await five();
    const first = await list(`${maps}?limit=2`);
    await api.send('POST', maps, configMapNamed('z'));
    const fresh = await startTestServer({ store: api.store });
    await api.store.compact(await api.store.revision());
    const refused: any = await fresh.refusal('GET', `${maps}?limit=2&continue=${first.metadata.continue}`);
    expect(refused).toMatchObject({ code: 410, reason: 'Expired' });
    const rest: any = await fresh.call('GET', `${maps}?continue=${refused.metadata.continue}`);
    expect(rest.items.map((item: any) => item.object.metadata.name)).toEqual(['c', 'd', 'e', 'z']);
    await fresh.stop();
  });

  test('pages of a past that only the store knows take no more of it than they show', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g'])
      await api.send(
        'POST',
        maps,
        configMapNamed(name, {}, { labels: { odd: String('aceg'.includes(name)) } }),
      );
    const at = await api.store.revision();
    await api.send('DELETE', `${maps}/c`);
    let read = 0;
    const store: Store = {
      ...api.store,
      async list(range, options) {
        const page = await api.store.list(range, options);
        if (options?.at === at) read += page.entries.length;
        return page;
      },
    };
    const fresh = await startTestServer({ store });
    const pages = async (query: string) => {
      const seen: string[] = [];
      for (let path = `${maps}?${query}&resourceVersion=${at}&resourceVersionMatch=Exact`; ; ) {
        const { items, metadata }: any = await fresh.call('GET', path);
        const names = items.map((item: any) => item.object.metadata.name).join('');
        seen.push(`${names} ${metadata.remainingItemCount ?? '-'}`);
        if (!metadata.continue) return seen;
        path = `${maps}?${query}&continue=${metadata.continue}`;
      }
    };
    expect(await pages('limit=2')).toEqual(['ab 5', 'cd 3', 'ef 1', 'g -']);
    expect(read).toBe(7);
    expect(await pages('limit=2&labelSelector=odd%3Dtrue')).toEqual(['ac -', 'eg -']);
    expect(await pages('limit=0')).toEqual(['abcdefg -']);
    await fresh.stop();
  });

  test('tokens live five to ten minutes', async () => {
    await five();
    const first = await list(`${maps}?limit=2`);
    await api.send('POST', maps, configMapNamed('z'));
    await api.clock.advance(5 * 60_000);
    expect(await api.names(`${maps}?continue=${first.metadata.continue}`)).toEqual(['c', 'd', 'e']);
    await api.clock.advance(5 * 60_000);
    expect(await api.refusal('GET', `${maps}?continue=${first.metadata.continue}`)).toMatchObject({
      code: 410,
    });
  });

  test('tokens that nobody gave', async () => {
    const token = (value: object) => btoa(JSON.stringify(value));
    for (const bad of [
      'x',
      token({}),
      token({ v: 'meta.k8s.io/v1', rv: 1, start: '' }),
      token({ v: 'meta.k8s.io/v1', rv: 1, start: '../../secrets' }),
    ])
      expect(await api.refusal('GET', `${maps}?continue=${bad}`)).toMatchObject({ code: 400 });
  });
});

describe('resourceVersion of a list', () => {
  test('Exact is that very state', async () => {
    await five();
    const at = (await list(maps)).metadata.resourceVersion;
    await api.send('DELETE', `${maps}/a`);
    expect(await api.names(`${maps}?resourceVersion=${at}&resourceVersionMatch=Exact`)).toEqual([
      'a',
      'b',
      'c',
      'd',
      'e',
    ]);
    expect(await api.names(`${maps}?resourceVersion=${at}&resourceVersionMatch=NotOlderThan`)).toEqual([
      'b',
      'c',
      'd',
      'e',
    ]);
    expect(await api.names(`${maps}?resourceVersion=${at}`)).toEqual(['b', 'c', 'd', 'e']);
    expect(await api.names(`${maps}?resourceVersion=${at}&limit=9`)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(await api.names(`${maps}?resourceVersion=0`)).toEqual(['b', 'c', 'd', 'e']);
  });

  test('of the future times out with a cause that clients know', async () => {
    const asking = api.refusal('GET', `${maps}?resourceVersion=999999`);
    await api.clock.advance(3_000);
    expect(await asking).toMatchObject({
      code: 504,
      reason: 'Timeout',
      details: { causes: [{ reason: 'ResourceVersionTooLarge' }] },
    });
  });

  test('rules', async () => {
    const rule = async (query: string) => (await api.refusal('GET', `${maps}?${query}`)).message;
    const start = 'ListOptions.meta.k8s.io "" is invalid: ';
    expect(await rule('resourceVersionMatch=Exact')).toBe(
      `${start}resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided`,
    );
    expect(await rule('resourceVersionMatch=Exact&resourceVersion=0')).toBe(
      `${start}resourceVersionMatch: Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0"`,
    );
    expect(await rule('sendInitialEvents=true')).toBe(
      `${start}sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list`,
    );
    expect(await api.refusal('GET', `${maps}?resourceVersion=x`)).toMatchObject({ code: 400 });
  });
});
