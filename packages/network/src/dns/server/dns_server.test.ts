import { createSocket } from 'node:dgram';
import { seededRandom, silentLogger } from '@kubets/base';
import { refs } from '@kubets/client';
import { startCluster } from '@kubets/controllers/testing/test_cluster.ts';
// @ts-expect-error: the library comes without types
import { decode, encode } from 'dns-packet';
import { expect, test } from 'vitest';
import { dnsServer } from './dns_server.ts';

const port = 25_000 + (process.pid % 15_000);

function ask(name: string, type: string): Promise<{ rcode: string; answers: { data: unknown }[] }> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.on('message', (message) => {
      socket.close();
      resolve(decode(message));
    });
    socket.send(encode({ type: 'query', id: 1, questions: [{ name, type }] }), port, '127.0.0.1');
  });
}

test('answers for a cluster as it changes', async () => {
  const cluster = await startCluster([]);
  const stop = new AbortController();
  const { informers, clock, client } = cluster;
  const running = dnsServer({
    informers,
    clock,
    random: seededRandom(1),
    log: silentLogger,
    listen: [{ address: '127.0.0.1', port }],
    clusterDomain: 'cluster.local',
    upstreams: [],
  }).run(stop.signal);
  await cluster.settle();
  expect((await ask('web.default.svc.cluster.local', 'A')).rcode).toBe('NXDOMAIN');
  const service = await client.create(refs.services, {
    metadata: { name: 'web', namespace: 'default' },
    spec: { ports: [{ port: 80 }] },
  });
  await client.create(refs.endpointSlices, {
    metadata: { name: 'web-1', namespace: 'default', labels: { 'kubernetes.io/service-name': 'web' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: ['10.244.0.2'], hostname: 'one' }],
    ports: [{ name: '', port: 8080, protocol: 'TCP' }],
  });
  await cluster.settle();
  expect((await ask('web.default.svc.cluster.local', 'A')).answers).toMatchObject([
    { data: service.spec.clusterIP },
  ]);
  expect((await ask('one.web.default.svc.cluster.local', 'A')).answers).toMatchObject([
    { data: '10.244.0.2' },
  ]);
  expect((await ask('2.0.244.10.in-addr.arpa', 'PTR')).answers).toMatchObject([
    { data: 'one.web.default.svc.cluster.local' },
  ]);
  await client.delete(refs.services, 'web', 'default');
  await cluster.settle();
  expect((await ask('web.default.svc.cluster.local', 'A')).rcode).toBe('NXDOMAIN');
  stop.abort();
  await running;
  await cluster.stop();
});
