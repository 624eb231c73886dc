import { describe, expect, test } from 'vitest';
import { RequestHeaderList, requestField } from './request_headers.ts';
import { getFields } from './testing/frames.ts';

type Fields = readonly (readonly [string, string])[];

function listOf(fields: Fields, maxSize = 10_000): RequestHeaderList {
  const list = new RequestHeaderList(maxSize);
  for (const [name, value] of fields) list.add(requestField(name, value));
  return list;
}

const withGet = (...more: Fields): Fields => [...getFields, ...more];

describe('requests', () => {
  test('headers by name, pseudo-headers among them', () => {
    expect({ ...listOf(withGet(['accept', 'a/b'], ['te', 'trailers'])).request() }).toEqual({
      ':method': 'GET',
      ':scheme': 'https',
      ':authority': 'test',
      ':path': '/',
      accept: 'a/b',
      te: 'trailers',
    });
  });

  test('what comes twice is joined', () => {
    const headers = listOf(
      withGet(['accept', 'a'], ['accept', 'b'], ['cookie', 'c=1'], ['cookie', 'd=2']),
    ).request();
    expect(headers).toMatchObject({ accept: 'a, b', cookie: 'c=1; d=2' });
  });

  test('names are no properties of objects', () => {
    const headers = listOf(
      withGet(['constructor', 'x'], ['__proto__', 'y'], ['hasownproperty', 'z']),
    ).request()!;
    expect(headers['constructor']).toBe('x');
    expect(Object.entries(headers)).toContainEqual(['__proto__', 'y']);
    expect(headers['toString']).toBeUndefined();
  });

  test('without an authority, which is in the host then', () => {
    const fields = [...getFields.filter(([name]) => name !== ':authority'), ['host', 'test']] as const;
    expect(listOf(fields).request()).toBeDefined();
  });

  test('the length of the body', () => {
    expect(listOf(withGet(['content-length', '12'])).contentLength).toBe(12);
    expect(listOf(withGet(['content-length', '12'], ['content-length', '12'])).request()).toBeDefined();
    expect(listOf(withGet()).contentLength).toBeUndefined();
  });

  test('CONNECT has an authority and nothing else', () => {
    expect(
      listOf([
        [':method', 'CONNECT'],
        [':authority', 'a:1'],
      ]).request(),
    ).toBeDefined();
    expect(
      listOf([
        [':method', 'CONNECT'],
        [':authority', 'a:1'],
        [':path', '/'],
      ]).request(),
    ).toBeUndefined();
    expect(listOf([[':method', 'CONNECT']]).request()).toBeUndefined();
  });
});

describe('malformed', () => {
  const without = (name: string) => getFields.filter(([each]) => each !== name);
  test.each<[string, Fields]>([
    ['no method', without(':method')],
    ['no path', without(':path')],
    ['no scheme', without(':scheme')],
    ['an empty path', [...without(':path'), [':path', '']]],
    ['a pseudo-header twice', withGet([':path', '/other'])],
    ['a pseudo-header behind others', [...without(':path'), ['accept', 'x'], [':path', '/']]],
    ['a pseudo-header of answers', withGet([':status', '200'])],
    ['an unknown pseudo-header', withGet([':own', 'x'])],
    ['capitals', withGet(['Accept', 'x'])],
    ['an empty name', withGet(['', 'x'])],
    ['a space in a name', withGet(['a b', 'x'])],
    ['a line break in a value', withGet(['a', 'x\r\nb: y'])],
    ['a zero in a value', withGet(['a', 'x\0'])],
    ['space around a value', withGet(['a', ' x'])],
    ['connection', withGet(['connection', 'close'])],
    ['keep-alive', withGet(['keep-alive', 'x'])],
    ['proxy-connection', withGet(['proxy-connection', 'x'])],
    ['transfer-encoding', withGet(['transfer-encoding', 'chunked'])],
    ['upgrade', withGet(['upgrade', 'websocket'])],
    ['te other than trailers', withGet(['te', 'trailers, deflate'])],
    ['a length that is no number', withGet(['content-length', '-1'])],
    ['two lengths', withGet(['content-length', '1'], ['content-length', '2'])],
  ])('%s', (_, fields) => {
    expect(listOf(fields).request()).toBeUndefined();
  });

  test('trailers have no pseudo-headers', () => {
    expect(listOf([['grpc-status', '0']]).areTrailers).toBe(true);
    expect(listOf([[':path', '/']]).areTrailers).toBe(false);
    expect(listOf([['A', '']]).areTrailers).toBe(false);
  });
});

test('what is past the limit is counted, not kept', () => {
  const list = listOf(
    withGet(...Array.from({ length: 1_000 }, (): [string, string] => ['a', 'x'.repeat(100)])),
    1_000,
  );
  expect(list.isTooLarge).toBe(true);
  expect(list.size).toBeGreaterThan(100_000);
  expect(list.request()!['a']!.length).toBeLessThan(1_000);
});
