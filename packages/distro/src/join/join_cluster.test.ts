import { createServer, type Server } from 'node:https';
import { systemClock } from '@kubets/base';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createAuthority, type KeyPair, signLeaf } from '../certificates/certificates.ts';
import { joinCluster } from './join_cluster.ts';
import { caPath } from './join_endpoint.ts';
import { formatServerToken, parseServerToken } from './server_token.ts';

const secret = 'a-secret-of-the-cluster';
let authority: KeyPair;
let server: Server;
let url: string;
/** To the questions for a place, in turn; undefined breaks the connection. */
let answers: ([number, string] | undefined)[];
let shown: (string | undefined)[];
let waited: string[];
beforeEach(async () => {
  const nowMs = systemClock.now();
  authority = await createAuthority({ commonName: 'ca', nowMs });
  const leaf = await signLeaf(authority, {
    commonName: 'server',
    usage: ['server'],
    ipAddresses: ['127.0.0.1'],
    nowMs,
  });
  answers = [];
  shown = [];
  waited = [];
  server = createServer({ cert: leaf.certificate, key: leaf.key }, (request, response) => {
    if (request.url === caPath) return response.end(authority.certificate);
    shown.push(request.headers.authorization);
    const answer = answers.shift();
    if (!answer) return request.socket.destroy();
    response.statusCode = answer[0];
    response.end(answer[1]);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `https://127.0.0.1:${(server.address() as { port: number }).port}`;
});
afterEach(() => server.close());

const join = (token: string, at = url) =>
  joinCluster({
    server: at,
    token: parseServerToken(token),
    name: 'b',
    peerUrl: 'https://10.0.0.2:2380',
    onWait: (reason) => waited.push(reason),
  });
const token = () => formatServerToken(authority.certificate, secret);

test('waits for a place, and asks again where the connection breaks', async () => {
  answers = [[503, JSON.stringify({ message: 'others first' })], undefined, [200, '{"files":{}}']];
  expect(await join(token())).toEqual({ files: {} });
  expect(waited).toEqual(['others first', 'socket hang up']);
  expect(shown).toEqual(Array(3).fill(`Bearer ${secret}`));
});

test.each([
  [401, 'does not know the token'],
  [404, 'nobody can join it'],
])('ends at %s', async (status, message) => {
  answers = [[status, '']];
  await expect(join(token())).rejects.toThrow(message);
});

test('shows the secret to nobody whose authority is not that of the token', async () => {
  const stranger = await createAuthority({ commonName: 'ca', nowMs: systemClock.now() });
  const theirs = formatServerToken(stranger.certificate, secret);
  await expect(join(theirs)).rejects.toThrow('belongs to another cluster');
  // The right authority, for another name than is asked.
  await expect(join(token(), url.replace('127.0.0.1', 'localhost'))).rejects.toThrow('cannot be asked');
  expect(shown).toEqual([]);
});

test('an authority without end is not waited for', async () => {
  authority = { ...authority, certificate: 'x'.repeat(2 * 1024 * 1024) };
  const any = formatServerToken('', secret);
  await expect(join(any)).rejects.toThrow('the answer has no end');
});
