import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { configMapNamed, startTestServer, type TestServer } from '../testing/test_server.ts';

const maps = '/api/v1/namespaces/default/configmaps';
const old = '/api/v1/watch/namespaces/default/configmaps';
let api: TestServer;

beforeEach(async () => {
  api = await startTestServer();
  for (const name of ['a', 'b']) await api.send('POST', maps, configMapNamed(name));
});
afterEach(async () => {
  await api.stop();
  expect(api.errors).toEqual([]);
});

const seen = async (path: string) => {
  const watch = await api.watch(path);
  await watch.settle();
  watch.stop();
  return watch.events.map(({ type, stored, object }: any) => [
    type,
    stored?.object.metadata.name ?? object.metadata.annotations ?? object.reason,
  ]);
};
const end = ['BOOKMARK', { 'k8s.io/initial-events-end': 'true' }];

describe('where a watch begins', () => {
  test.each([
    [
      '',
      [
        ['ADDED', 'a'],
        ['ADDED', 'b'],
      ],
    ],
    [
      '&resourceVersion=0',
      [
        ['ADDED', 'a'],
        ['ADDED', 'b'],
      ],
    ],
    ['&allowWatchBookmarks=1', [['ADDED', 'a'], ['ADDED', 'b'], end]],
    [
      '&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=',
      [['ADDED', 'a'], ['ADDED', 'b'], end],
    ],
    [
      '&sendInitialEvents=true&resourceVersionMatch=NotOlderThan',
      [
        ['ADDED', 'a'],
        ['ADDED', 'b'],
      ],
    ],
    ['&sendInitialEvents=false&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=1', []],
    ['&fieldSelector=metadata.name%3Db', [['ADDED', 'b']]],
  ])('watch=1%s', async (query, events) => {
    expect(await seen(`${maps}?watch=1${query}`)).toEqual(events);
  });

  test('initial events of the future are an error event, not a refusal', async () => {
    const asking = api.watch(
      `${maps}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&resourceVersion=999999`,
    );
    await api.clock.advance(3_000);
    const watch = await asking;
    await watch.settle();
    expect(watch.events).toMatchObject([{ type: 'ERROR', object: { code: 504, reason: 'Timeout' } }]);
  });

  test('from a revision ahead: only what comes after it', async () => {
    const now = Number(((await api.call('GET', maps)) as any).metadata.resourceVersion);
    const watch = await api.watch(`${maps}?watch=1&resourceVersion=${now + 1}`);
    await api.send('POST', maps, configMapNamed('c'));
    await api.send('POST', maps, configMapNamed('d'));
    await watch.settle();
    expect(watch.seen).toEqual([`ADDED d@${now + 2}`]);
    watch.stop();
  });
});

describe('the old paths', () => {
  test('of all, and of one', async () => {
    expect(await seen(old)).toEqual([
      ['ADDED', 'a'],
      ['ADDED', 'b'],
    ]);
    expect(await seen(`${old}/b`)).toEqual([['ADDED', 'b']]);
    expect(await seen('/api/v1/watch/namespaces/default')).toEqual([['ADDED', 'default']]);
  });

  test('a selector can not ask for another', async () => {
    expect(await api.refusal('GET', `${old}/b?fieldSelector=metadata.name%3Da`)).toMatchObject({
      code: 400,
      message: "fieldSelector metadata.name doesn't match requested name",
    });
  });

  test('need the namespace of a name', async () => {
    expect(await api.refusal('GET', '/api/v1/watch/configmaps/b')).toMatchObject({ code: 404 });
  });
});

test('the path of an object is no watch', async () => {
  expect(await api.send('GET', `${maps}/a?watch=1`)).toMatchObject({ metadata: { name: 'a' } });
});

test('a timeout in the past ends the watch', async () => {
  const watch = await api.watch(`${maps}?watch=1&timeoutSeconds=-1`);
  await api.clock.advance(1);
  await watch.settle();
  expect(watch.ended).toBe(true);
});
