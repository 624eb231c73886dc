import { silentLogger } from '@kubets/base';
import { expect, test } from 'vitest';
import { healthCheckServer } from './health_check_server.ts';

test('answers whether the node has endpoints, on the port of the moment', async () => {
  const server = healthCheckServer({ log: silentLogger, host: '127.0.0.1' });
  const port = 41_000 + (process.pid % 10_000);
  const get = async (at: number) => {
    const response = await fetch(`http://127.0.0.1:${at}/healthz`);
    const weight = response.headers.get('x-load-balancing-endpoint-weight');
    return { status: response.status, weight, body: await response.json() };
  };
  const body = (localEndpoints: number) => ({
    service: { namespace: 'default', name: 'web' },
    localEndpoints,
    serviceProxyHealthy: true,
  });
  server.update(new Map([['default/web', { port, localEndpoints: 2 }]]));
  expect(await get(port)).toEqual({ status: 200, weight: '2', body: body(2) });
  server.update(new Map([['default/web', { port, localEndpoints: 0 }]]));
  expect(await get(port)).toEqual({ status: 503, weight: '0', body: body(0) });
  server.update(new Map([['default/web', { port: port + 1, localEndpoints: 1 }]]));
  expect((await get(port + 1)).status).toBe(200);
  await expect(get(port)).rejects.toThrow();
  server.update(new Map());
  await expect(get(port + 1)).rejects.toThrow();
  server.close();
});
