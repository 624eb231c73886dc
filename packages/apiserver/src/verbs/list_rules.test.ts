import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { configMapNamed, startTestServer, type TestServer } from '../testing/test_server.ts';

const maps = '/api/v1/namespaces/default/configmaps';
let api: TestServer;

beforeEach(async () => {
  api = await startTestServer();
  for (const name of ['a', 'b', 'c', 'd'])
    await api.send('POST', maps, configMapNamed(name, {}, { labels: { odd: String(name !== 'd') } }));
});
afterEach(async () => {
  await api.stop();
  expect(api.errors).toEqual([]);
});

const names = (query: string) => api.names(`${maps}?${query}`);
const page = async (query: string) => {
  const { items, metadata } = (await api.call('GET', `${maps}?${query}`)) as any;
  return { names: items.map((item: any) => item.object.metadata.name), metadata };
};

describe('limits', () => {
  test('whoever takes any state gets all of it', async () => {
    expect(await names('limit=2&resourceVersion=0')).toEqual(['a', 'b', 'c', 'd']);
  });

  test('a full page of a selection goes on, though nothing may follow', async () => {
    const first = await page('limit=3&labelSelector=odd%3Dtrue');
    expect(first.names).toEqual(['a', 'b', 'c']);
    const rest = await page(`limit=3&labelSelector=odd%3Dtrue&continue=${first.metadata.continue}`);
    expect(rest).toMatchObject({ names: [], metadata: { resourceVersion: first.metadata.resourceVersion } });
    expect(rest.metadata.continue).toBeUndefined();
  });

  test('a page goes on from the newest state or its own, from no other', async () => {
    const { metadata } = await page('limit=2');
    expect(await names(`continue=${metadata.continue}&resourceVersion=0`)).toEqual(['c', 'd']);
    const refused = await api.refusal('GET', `${maps}?continue=${metadata.continue}&resourceVersion=3`);
    expect(refused.message).toBe('specifying resource version is not allowed when using continue');
  });

  test('one object needs no pages', async () => {
    // Not the state at 1, as with a limit of many.
    expect(await names('fieldSelector=metadata.name%3Dc&limit=1&resourceVersion=1')).toEqual(['c']);
    const one = `${maps}?fieldSelector=metadata.name%3Dc`;
    expect(await api.refusal('GET', `${one}&continue=bogus`)).toMatchObject({ code: 400 });
  });

  test('whoever takes any state gets all the rest of it', async () => {
    const { metadata }: any = await api.call('GET', `${maps}?limit=1`);
    const rest = await names('');
    expect(await names(`limit=1&resourceVersion=0&continue=${metadata.continue}`)).toEqual(rest.slice(1));
  });
});

test.each([
  ['bogus', 'illegal base64 data at input byte 4'],
  ['a+b', 'illegal base64 data at input byte 1'],
  [btoa('xxx'), "invalid character 'x' looking for beginning of value"],
  [btoa('\u0003xx'), "invalid character '\\x03' looking for beginning of value"],
  [token([]), 'json: cannot unmarshal array into Go value of type storage.continueToken'],
  [token({ rv: 1, start: 'a' }), 'server does not recognize this encoded version '],
  [token({ v: 'meta.k8s.io/v2' }), 'server does not recognize this encoded version meta.k8s.io/v2'],
  [token({ v: 'meta.k8s.io/v1' }), 'incorrect encoded start resourceVersion (version meta.k8s.io/v1)'],
  [token({ v: 'meta.k8s.io/v1', rv: 4 }), 'encoded start key empty (version meta.k8s.io/v1)'],
  [token({ v: 'meta.k8s.io/v1', rv: 4, start: 'a/../b' }), 'a/../b'],
  [
    token({ v: 'meta.k8s.io/v1', rv: 'x' }),
    'json: cannot unmarshal string into Go struct field continueToken.rv of type int64',
  ],
])('the token %s', async (given, problem) => {
  const refused = await api.refusal('GET', `${maps}?limit=1&continue=${encodeURIComponent(given)}`);
  expect(refused).toMatchObject({
    code: 400,
    message: `invalid continue token: continue key is not valid: ${problem}`,
  });
});

function token(value: unknown): string {
  return btoa(JSON.stringify(value)).replaceAll('=', '').replaceAll('/', '_').replaceAll('+', '-');
}

describe('values that do not parse', () => {
  const unsigned = (text: string, why: string) =>
    `resourceVersion: Invalid value: "${text}": strconv.ParseUint: parsing "${text}": ${why}`;

  test.each([
    [
      'list',
      `${maps}?resourceVersion=abc`,
      400,
      `invalid resource version: ${unsigned('abc', 'invalid syntax')}`,
    ],
    ['get', `${maps}/a?resourceVersion=-1`, 500, unsigned('-1', 'invalid syntax')],
    [
      'watch',
      `${maps}?watch=1&resourceVersion=99999999999999999999`,
      500,
      unsigned('99999999999999999999', 'value out of range'),
    ],
    ['limit', `${maps}?limit=x`, 400, 'strconv.ParseInt: parsing "x": invalid syntax'],
    ['no limit', `${maps}?limit=`, 400, 'strconv.ParseInt: parsing "": invalid syntax'],
  ])('%s', async (_name, path, code, message) => {
    expect(await api.refusal('GET', path)).toMatchObject({ code, message });
  });
});

test('a state of the future is refused at once where it has to be that very one', async () => {
  const refused = await api.refusal('GET', `${maps}?resourceVersion=999999&resourceVersionMatch=Exact`);
  expect(refused).toMatchObject({ code: 504, reason: 'Timeout' });
  expect(refused.details).toMatchObject({ retryAfterSeconds: 1 });
});
