import type { ApiRequest, ApiResult } from '@kubets/apiserver';
import { expect, test } from 'vitest';
import { withoutConnections } from './without_connections.ts';

const request = {} as ApiRequest;

test('nothing goes on to the address of a node, pod or service', async () => {
  const url = new URL('https://10.0.0.5:10250/exec/default/web/web');
  const handle = withoutConnections(async () => ({
    type: 'proxy',
    target: { url, as: 'kubelet', protocol: 'exec' },
  }));
  expect(await handle(request)).toMatchObject({
    type: 'object',
    status: 503,
    object: { kind: 'Status', message: expect.stringContaining('simulated') },
  });
});

test('answers of the server itself pass', async () => {
  const answer: ApiResult = { type: 'raw', status: 200, contentType: 'text/plain', body: 'ok' };
  expect(await withoutConnections(async () => answer)(request)).toBe(answer);
});
