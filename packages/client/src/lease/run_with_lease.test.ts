import { alreadyExists, conflict, type Lease, notFound } from '@kubets/api';
import type { Handler } from '@kubets/apiserver';
import { aborted, type Clock, FakeClock, seededRandom, silentLogger } from '@kubets/base';
import { beforeEach, describe, expect, test } from 'vitest';
import { createClient } from '../create_client.ts';
import { inProcessTransport } from '../in_process_transport.ts';
import { TransportError } from '../transport.ts';
import { LeaseLostError, runWithLease } from './run_with_lease.ts';

const target = { group: 'coordination.k8s.io', resource: 'leases' };

/** A server with one Lease at most. */
function leaseServer() {
  const server = { lease: undefined as Lease | undefined, down: false, hangs: false, revision: 1 };
  const handle: Handler = async ({ method, body }) => {
    if (server.down) throw new TransportError('ECONNREFUSED', 'no connection');
    if (server.hangs) return new Promise<never>(() => {});
    const next = body as Lease;
    if (method === 'GET' && !server.lease) throw notFound(target, 'scheduler');
    if (method === 'PUT' && !server.lease) throw notFound(target, 'scheduler');
    if (method === 'POST' && server.lease) throw alreadyExists(target, 'scheduler');
    if (method === 'PUT' && next.metadata.resourceVersion !== server.lease?.metadata.resourceVersion) {
      throw conflict(target, 'scheduler', 'the object has been modified');
    }
    if (method !== 'GET') {
      const resourceVersion = String(++server.revision);
      server.lease = { ...next, metadata: { ...next.metadata, resourceVersion } };
    }
    return { type: 'object', status: 200, object: server.lease! };
  };
  return Object.assign(server, { handle });
}

let clock: FakeClock;
let server: ReturnType<typeof leaseServer>;
let leaders: string[];

beforeEach(() => {
  clock = new FakeClock();
  server = leaseServer();
  leaders = [];
});

function candidate(identity: string, own: { clock?: Clock; handle?: Handler } = {}) {
  const stop = new AbortController();
  const client = createClient(inProcessTransport(own.handle ?? server.handle, { username: 'system:test' }));
  const done = runWithLease(
    {
      client,
      clock: own.clock ?? clock,
      random: seededRandom(1),
      log: silentLogger,
      name: 'scheduler',
      identity,
      signal: stop.signal,
    },
    async (signal) => {
      leaders.push(identity);
      await aborted(signal);
      leaders.splice(leaders.indexOf(identity), 1);
    },
  );
  return { stop: () => stop.abort(), done: done.catch((error: unknown) => error) };
}

describe('runWithLease', () => {
  test('one of several candidates runs, and keeps the lease', async () => {
    const candidates = ['a', 'b', 'c'].map((identity) => candidate(identity));
    for (let i = 0; i < 60; i++) {
      await clock.advance(1_000);
      expect(leaders).toEqual(['a']);
    }
    expect(server.lease!.spec).toMatchObject({
      holderIdentity: 'a',
      leaseDurationSeconds: 15,
      leaseTransitions: 0,
      acquireTime: '2026-01-01T00:00:00.000000Z',
    });
    expect(Date.parse(server.lease!.spec.renewTime!)).toBeGreaterThan(clock.now() - 3_000);
    for (const { stop } of candidates) stop();
    await Promise.all(candidates.map(({ done }) => done));
  });

  test('gives the lease back at the end, so that the next one starts soon', async () => {
    const a = candidate('a');
    await clock.advance(5_000);
    const b = candidate('b');
    await clock.advance(5_000);
    a.stop();
    expect(await a.done).toBeUndefined();
    expect(server.lease!.spec).toMatchObject({ holderIdentity: '', leaseDurationSeconds: 1 });
    await clock.advance(3_000);
    expect(leaders).toEqual(['b']);
    expect(server.lease!.spec).toMatchObject({ holderIdentity: 'b', leaseTransitions: 1 });
    b.stop();
    await b.done;
  });

  test('takes over a lease that nobody renews', async () => {
    const a = candidate('a');
    await clock.advance(3_000);
    a.stop();
    server.down = true;
    await a.done;
    server.down = false;
    const b = candidate('b');
    await clock.advance(14_000);
    expect(leaders).toEqual([]);
    await clock.advance(4_000);
    expect(leaders).toEqual(['b']);
    b.stop();
    await b.done;
  });

  test.each(['down', 'hangs'] as const)('stops the run when the server %s for the deadline', async (how) => {
    const a = candidate('a');
    await clock.advance(4_500);
    expect(leaders).toEqual(['a']);
    server[how] = true;
    await clock.advance(8_000);
    expect(leaders).toEqual(['a']);
    await clock.advance(4_000);
    expect(leaders).toEqual([]);
    expect(await a.done).toBeInstanceOf(LeaseLostError);
  });

  test('stops the run when another took the lease', async () => {
    const a = candidate('a');
    await clock.advance(3_000);
    const { lease } = server;
    server.lease = {
      ...lease!,
      metadata: { ...lease!.metadata, resourceVersion: '99' },
      spec: { ...lease!.spec, holderIdentity: 'b' },
    };
    await clock.advance(12_000);
    expect(leaders).toEqual([]);
    expect(await a.done).toBeInstanceOf(LeaseLostError);
    expect(server.lease!.spec.holderIdentity).toBe('b');
  });

  describe.each([
    { set: 'forward', ms: 3_600_000 },
    { set: 'back', ms: -3_600_000 },
  ])('with a clock that is set $set by an hour', ({ ms }) => {
    let jumpMs: number;
    let jumping: Clock;
    beforeEach(() => {
      jumpMs = 0;
      jumping = {
        now: () => clock.now() + jumpMs,
        sleep: (ms, signal) => clock.sleep(ms, signal),
        after: (ms, run) => clock.after(ms, run),
      };
    });

    test('the holder that cannot renew stops before another begins', async () => {
      let cut = false;
      const handle: Handler = (request) => {
        if (cut) throw new TransportError('ECONNREFUSED', 'no connection');
        return server.handle(request);
      };
      const a = candidate('a', { clock: jumping, handle });
      await clock.advance(5_000);
      const b = candidate('b');
      await clock.advance(5_000);
      expect(leaders).toEqual(['a']);
      cut = true;
      jumpMs = ms;
      const order: string[] = [];
      for (let i = 0; i < 25; i++) {
        await clock.advance(1_000);
        if (order.at(-1) !== leaders.join()) order.push(leaders.join());
      }
      expect(order).toEqual(['a', '', 'b']);
      expect(await a.done).toBeInstanceOf(LeaseLostError);
      b.stop();
      await b.done;
    });

    test('a candidate takes the lease from nobody who renews it, and from one who is gone', async () => {
      const a = candidate('a');
      await clock.advance(5_000);
      const b = candidate('b', { clock: jumping });
      await clock.advance(5_000);
      // Between two renewals, when the lease is as it was seen.
      jumpMs = ms;
      for (let i = 0; i < 40; i++) {
        await clock.advance(500);
        expect(leaders).toEqual(['a']);
      }
      server.down = true;
      a.stop();
      await a.done;
      server.down = false;
      await clock.advance(18_000);
      expect(leaders).toEqual(['b']);
      b.stop();
      await b.done;
    });
  });

  test('makes the lease anew when someone deletes it', async () => {
    const a = candidate('a');
    await clock.advance(3_000);
    server.lease = undefined;
    await clock.advance(20_000);
    expect(leaders).toEqual(['a']);
    expect(server.lease).toMatchObject({ spec: { holderIdentity: 'a' } });
    a.stop();
    await a.done;
  });

  test('passes up what the run throws', async () => {
    const client = createClient(inProcessTransport(server.handle, { username: 'system:test' }));
    const { signal } = new AbortController();
    const options = {
      client,
      clock,
      random: seededRandom(1),
      log: silentLogger,
      name: 'scheduler',
      identity: 'a',
      signal,
    };
    const run = async () => {
      throw new Error('a bug');
    };
    await expect(runWithLease(options, run)).rejects.toThrow('a bug');
    expect(server.lease!.spec.holderIdentity).toBe('');
  });
});
