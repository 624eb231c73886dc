import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { FakeClock, seededRandom, silentLogger, systemClock } from '@kubets/base';
// @ts-expect-error: the library comes without types
import { decode, encode } from 'dns-packet';
import { afterEach, describe, expect, test } from 'vitest';
import { service, slice } from '../../testing/objects.ts';
import type { ClusterView } from '../cluster_view.ts';
import type { Packet } from '../dns_packet.ts';
import { dnsHandlers } from '../handlers/index.ts';
import { handleQuery, type Question, rcodes } from '../message.ts';
import { networkExchange } from './exchange.ts';
import { nameServer } from './name_server.ts';

const many = Array.from({ length: 60 }, (_, i) => `10.244.1.${i + 1}@node-1`);

const view: ClusterView = {
  domain: 'cluster.local',
  serverAddresses: ['127.0.0.1'],
  synced: true,
  service: (_, name) =>
    ({
      web: service('web', { clusterIP: '10.96.0.80', ports: [{ name: 'http', port: 80, protocol: 'TCP' }] }),
      many: service('many', { clusterIP: 'None' }),
      outside: service('outside', { type: 'ExternalName', externalName: 'www.example.com' }),
      inside: service('inside', { type: 'ExternalName', externalName: 'web.default.svc.cluster.local' }),
      ring: service('ring', { type: 'ExternalName', externalName: 'ring.default.svc.cluster.local' }),
    })[name],
  slices: (_, name) => (name === 'many' ? [slice('many', many)] : []),
  hasNamespace: (name) => name === 'default',
  servicesAt: () => [],
  slicesAt: () => [],
};

let nextPort = 20_000 + (process.pid % 20_000);
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** A server on loopback; the port is one that nobody has. */
async function start(options: Partial<Parameters<typeof dnsHandlers>[0]> = {}): Promise<number> {
  const handlers = dnsHandlers({
    view,
    clock: new FakeClock(),
    upstreams: async () => [],
    exchange: networkExchange({ clock: systemClock, random: seededRandom(1), timeoutMs: 300 }),
    ...options,
  });
  for (;;) {
    const port = nextPort++;
    const stop = new AbortController();
    const listening = new Promise<boolean>((resolve) => {
      const log = { ...silentLogger, info: () => resolve(true) };
      const listen = [{ address: '127.0.0.1', port }];
      const run = nameServer({ handlers, listen, random: seededRandom(1), log }).run(stop.signal);
      stops.push(async () => {
        stop.abort();
        await run.catch(() => {});
      });
      run.catch(() => resolve(false));
    });
    if (await listening) return port;
  }
}

function ask(port: number, name: string, type: string, more: object = {}): Promise<Packet> {
  const query = encode({
    type: 'query',
    id: 7,
    flags: 0x0100,
    questions: [{ name, type, class: 'IN' }],
    ...more,
  });
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.on('message', (message) => {
      socket.close();
      resolve(decode(Buffer.from(message)));
    });
    socket.send(query, port, '127.0.0.1');
  });
}

function askTcp(port: number, names: readonly string[]): Promise<Packet[]> {
  const queries = names.map((name, id) => {
    const query = encode({ type: 'query', id, questions: [{ name, type: 'A' }] });
    return Buffer.concat([Buffer.from([query.length >> 8, query.length & 255]), query]);
  });
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let received = Buffer.alloc(0);
    const packets: Packet[] = [];
    socket.on('data', (data) => {
      received = Buffer.concat([received, data]);
      while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
        const end = 2 + received.readUInt16BE(0);
        packets.push(decode(received.subarray(2, end)));
        received = received.subarray(end);
      }
      if (packets.length < names.length) return;
      socket.destroy();
      resolve(packets);
    });
    socket.write(Buffer.concat(queries));
  });
}

const edns = (udpPayloadSize: number) => ({
  additionals: [{ type: 'OPT', name: '.', udpPayloadSize, flags: 0, options: [] }],
});

/** An upstream server: it answers with what the function says. */
function upstream(reply: (question: Question) => Partial<Packet>) {
  const asked: string[] = [];
  const exchange = async (message: Uint8Array, server: string) => {
    const query = decode(Buffer.from(message));
    const { name, type } = query.questions[0]!;
    asked.push(`${name} ${type} at ${server}`);
    const { rcode = 'NOERROR', ...rest } = reply({ name, type });
    const code = rcodes[rcode as keyof typeof rcodes];
    return encode({
      id: query.id,
      type: 'response',
      flags: 0x0180 | code,
      questions: query.questions,
      ...rest,
    });
  };
  return { asked, exchange, upstreams: async () => ['192.0.2.53'] };
}

const address = (name: string, data: string, ttl = 300) => ({
  answers: [{ type: 'A', name, ttl, data, class: 'IN' }],
});

describe('the name server', () => {
  test('answers by UDP, with the letters of the question as they came', async () => {
    const reply = await ask(await start(), 'WeB.default.SVC.cluster.local', 'A');
    expect(reply).toMatchObject({ id: 7, rcode: 'NOERROR', flag_aa: true, flag_ra: true, flag_rd: true });
    expect(reply.questions[0]!.name).toBe('WeB.default.SVC.cluster.local');
    expect(reply.answers).toMatchObject([
      { name: 'WeB.default.SVC.cluster.local', type: 'A', ttl: 5, data: '10.96.0.80' },
    ]);
  });

  test('says NXDOMAIN for no such name and nothing for no such record, both with the SOA', async () => {
    const port = await start();
    const none = await ask(port, 'none.default.svc.cluster.local', 'A');
    expect(none).toMatchObject({ rcode: 'NXDOMAIN', authorities: [{ type: 'SOA', name: 'cluster.local' }] });
    const empty = await ask(port, 'web.default.svc.cluster.local', 'AAAA');
    expect(empty).toMatchObject({ rcode: 'NOERROR', answers: [], authorities: [{ type: 'SOA' }] });
    expect(empty.authorities[0]!.data).toMatchObject({ mname: 'ns.dns.cluster.local', minimum: 5 });
  });

  test('gives SRV records with the addresses of their targets', async () => {
    const reply = await ask(await start(), '_http._tcp.web.default.svc.cluster.local', 'SRV');
    expect(reply.answers[0]!.data).toEqual({
      priority: 0,
      weight: 100,
      port: 80,
      target: 'web.default.svc.cluster.local',
    });
    expect(reply.additionals).toMatchObject([{ name: 'web.default.svc.cluster.local', data: '10.96.0.80' }]);
  });

  test('cuts what does not fit the datagram, and has it all by TCP', async () => {
    const port = await start();
    const name = 'many.default.svc.cluster.local';
    const short = await ask(port, name, 'A');
    expect(short.flag_tc).toBe(true);
    expect(short.answers.length).toBe(29);
    const longer = await ask(port, name, 'A', edns(1232));
    expect(longer.flag_tc).toBe(false);
    expect(longer.answers.length).toBe(60);
    expect(longer.additionals).toMatchObject([{ type: 'OPT', udpPayloadSize: 1232 }]);
    const [first, second] = await askTcp(port, [name, 'web.default.svc.cluster.local']);
    expect(first!.answers.length).toBe(60);
    expect(second!.answers.length).toBe(1);
  });

  test('lets each address come first at times', async () => {
    const port = await start();
    const firsts = new Set<string>();
    for (let i = 0; i < 20; i++)
      firsts.add((await ask(port, 'many.default.svc.cluster.local', 'A')).answers[0]!.data);
    expect(firsts.size).toBeGreaterThan(5);
  });

  test('follows an ExternalName, inside and outside, but no ring', async () => {
    const world = upstream(({ name }) => address(name, '192.0.2.80'));
    const port = await start(world);
    const outside = await ask(port, 'outside.default.svc.cluster.local', 'A');
    expect(outside.answers.map((record) => record.data)).toEqual(['www.example.com', '192.0.2.80']);
    const inside = await ask(port, 'inside.default.svc.cluster.local', 'A');
    expect(inside.answers.map((record) => record.data)).toEqual([
      'web.default.svc.cluster.local',
      '10.96.0.80',
    ]);
    const alias = await ask(port, 'outside.default.svc.cluster.local', 'CNAME');
    expect(alias.answers.map((record) => record.data)).toEqual(['www.example.com']);
    expect((await ask(port, 'ring.default.svc.cluster.local', 'A')).answers.length).toBeLessThan(10);
  });

  test('passes other names on and remembers the reply for as long as it may', async () => {
    const clock = new FakeClock();
    const world = upstream(({ name }) => address(name, '192.0.2.80', 20));
    const port = await start({ ...world, clock });
    expect((await ask(port, 'example.com', 'A')).answers).toMatchObject([{ data: '192.0.2.80', ttl: 20 }]);
    await clock.advance(5000);
    const cached = await ask(port, 'EXAMPLE.com', 'A');
    expect(cached).toMatchObject({ id: 7, questions: [{ name: 'EXAMPLE.com' }], answers: [{ ttl: 15 }] });
    expect(world.asked.length).toBe(1);
    await clock.advance(15_000);
    await ask(port, 'example.com', 'A');
    expect(world.asked.length).toBe(2);
    await ask(port, 'example.com', 'A', edns(1232));
    expect(world.asked.length).toBe(3);
  });

  test('remembers that a name is not there, but no failures', async () => {
    const soa = { mname: 'a', rname: 'b', serial: 1, refresh: 1, retry: 1, expire: 1, minimum: 60 };
    const world = upstream(({ name }) =>
      name === 'broken.example'
        ? { rcode: 'SERVFAIL' }
        : {
            rcode: 'NXDOMAIN',
            authorities: [{ type: 'SOA', name: 'example', ttl: 60, data: soa, class: 'IN' }],
          },
    );
    const port = await start(world);
    for (let i = 0; i < 2; i++) {
      expect((await ask(port, 'none.example', 'A')).rcode).toBe('NXDOMAIN');
      expect((await ask(port, 'broken.example', 'A')).rcode).toBe('SERVFAIL');
    }
    expect(world.asked.filter((each) => each.startsWith('none')).length).toBe(1);
    expect(world.asked.filter((each) => each.startsWith('broken')).length).toBe(2);
  });

  test('asks the next upstream server when one is silent, and that one first from then on', async () => {
    const asked: string[] = [];
    const world = upstream(({ name }) => address(name, '192.0.2.80', 0));
    const port = await start({
      upstreams: async () => ['192.0.2.1', '192.0.2.2'],
      exchange: async (message, server) => {
        asked.push(server);
        if (server === '192.0.2.1') throw new Error('timeout');
        return world.exchange(message, server);
      },
    });
    await ask(port, 'example.com', 'A');
    await ask(port, 'example.com', 'A');
    expect(asked).toEqual(['192.0.2.1', '192.0.2.2', '192.0.2.2']);
  });

  test('fails when no upstream server is there or one rings back to a closed port', async () => {
    expect((await ask(await start(), 'example.com', 'A')).rcode).toBe('SERVFAIL');
    const port = await start({ upstreams: async () => ['127.0.0.1#1'] });
    expect((await ask(port, 'example.com', 'A')).rcode).toBe('SERVFAIL');
  });

  test('speaks to a real upstream server, by TCP where UDP is too short', async () => {
    const far = await start();
    const near = await start({
      view: { ...view, domain: 'other.local' },
      upstreams: async () => [`127.0.0.1#${far}`],
    });
    const reply = await ask(near, 'many.default.svc.cluster.local', 'A');
    expect(reply).toMatchObject({ flag_tc: true, answers: [] });
    const [whole] = await askTcp(near, ['many.default.svc.cluster.local']);
    expect(whole!.answers.length).toBe(60);
  });

  test('knows fixed names', async () => {
    const port = await start({ hosts: new Map([['host.kubets.internal', ['10.244.0.1']]]) });
    expect((await ask(port, 'host.kubets.internal', 'A')).answers).toMatchObject([{ data: '10.244.0.1' }]);
  });

  test('refuses what it does not do', async () => {
    const port = await start();
    expect((await ask(port, 'a.', 'A', { flags: 4 << 11 })).rcode).toBe('NOTIMP');
    const chaos = { questions: [{ name: 'version.bind', type: 'TXT', class: 'CH' }] };
    expect((await ask(port, '', 'TXT', chaos)).rcode).toBe('REFUSED');
    expect((await ask(port, '', 'A', { questions: [] })).rcode).toBe('FORMERR');
  });

  test('answers SERVFAIL for the cluster until it knows the cluster', async () => {
    const port = await start({ view: { ...view, synced: false } });
    expect((await ask(port, 'web.default.svc.cluster.local', 'A')).rcode).toBe('SERVFAIL');
  });
});

test('what no handler answers is refused', async () => {
  const query = { question: { name: 'x', type: 'A' }, message: new Uint8Array(), edns: 'none' } as const;
  expect(await handleQuery([], query)).toMatchObject({ answer: { rcode: 'REFUSED' } });
});
