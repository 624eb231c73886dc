import { flag } from '@kubets/http2/protocol.ts';
import { data, post, rstStream } from '@kubets/http2/testing/frames.ts';
import { ScriptedClient } from '@kubets/http2/testing/scripted_client.ts';
import { expect, test } from 'vitest';
import { Http2Body, maxBodyBytes, passesBodyOn } from './request_body.ts';

/** A client that posts, and the body of its first request. */
function posting(most = 1_000_000_000) {
  const client = new ScriptedClient();
  client.send(post(1));
  const bytes = { held: 0, most };
  const body = new Http2Body(client.streams[0]!, bytes);
  const send = (length: number, flags = 0) => {
    for (let left = length; left > 0; left -= 16_384)
      client.send(data(1, new Uint8Array(Math.min(left, 16_384)), 0));
    if (flags) client.send(data(1, '', flags));
  };
  return { client, bytes, body, send };
}

test('a body is read whole', async () => {
  const { body, bytes, send } = posting();
  const reading = body.readAll();
  send(2_000_000);
  expect(bytes.held).toBe(2_000_000);
  send(5, flag.endStream);
  expect(await reading).toHaveLength(2_000_005);
  expect(bytes.held).toBe(0);
});

test('one that is too large is no longer kept', async () => {
  const { body, bytes, send } = posting();
  const reading = body.readAll();
  send(maxBodyBytes + 1);
  expect(await reading).toBe('too large');
  expect(bytes.held).toBe(0);
});

test('one that is broken off', async () => {
  const { client, body, bytes, send } = posting();
  const reading = body.readAll();
  send(100);
  client.send(rstStream(1, 8));
  expect(await reading).toBeUndefined();
  expect(bytes.held).toBe(0);
});

test('a connection has so much under way, and no more', async () => {
  const { client, body, send } = posting(10_000);
  const reading = body.readAll();
  send(10_001);
  expect(await reading).toBeUndefined();
  expect(client.lines()).toEqual(['RST_STREAM 1 ENHANCE_YOUR_CALM']);
});

test('a body that is passed on comes as fast as it is read', async () => {
  const { client, body, send } = posting();
  const stream = body.asReadable();
  send(250_000);
  expect(client.lines()).toEqual([]);
  let length = 0;
  const reading = (async () => {
    for await (const chunk of stream) length += chunk.length;
  })();
  await new Promise((resolve) => setImmediate(resolve));
  expect(client.lines()).toEqual([expect.stringMatching(/^WINDOW_UPDATE 1 1/)]);
  send(10, flag.endStream);
  await reading;
  expect(length).toBe(250_010);
});

test('a body that is passed on and broken off is no whole one', async () => {
  const { client, body, send } = posting();
  const stream = body.asReadable();
  send(10);
  const reading = (async () => {
    for await (const _ of stream);
  })();
  client.send(rstStream(1, 8));
  await expect(reading).rejects.toThrow();
});

test.each([
  ['/api/v1/namespaces/a/services/b/proxy', true],
  ['/api/v1/namespaces/a/services/b/proxy/x', true],
  ['/api/v1/namespaces/a/pods/b/exec', true],
  ['/api/v1/namespaces/a/configmaps/proxying', false],
  ['/api/v1/namespaces/proxy-1/configmaps', false],
])('%s is passed on: %s', (path, expected) => {
  expect(passesBodyOn(path)).toBe(expected);
});
