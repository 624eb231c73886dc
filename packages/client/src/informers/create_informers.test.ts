import { expired, type Pod } from '@kubets/api';
import { FakeClock, seededRandom, settleMicrotasks, silentLogger } from '@kubets/base';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Informers } from '../client.ts';
import { createClient } from '../create_client.ts';
import { inProcessTransport } from '../in_process_transport.ts';
import { refs } from '../refs.ts';
import { listOf, objectResult, type ScriptedServer, scriptedServer, stored } from '../scripted_server.ts';
import { TransportError } from '../transport.ts';
import { createInformers } from './create_informers.ts';

let clock: FakeClock;
let server: ScriptedServer;
let informers: Informers;
let stop: AbortController;
let running: Promise<void>;

beforeEach(() => {
  clock = new FakeClock();
  server = scriptedServer();
  const client = createClient(inProcessTransport(server.handle, { username: 'system:test' }));
  informers = createInformers({ client, clock, random: seededRandom(1), log: silentLogger });
  stop = new AbortController();
});
afterEach(async () => {
  stop.abort();
  await running;
});

function run(): void {
  running = informers.run(stop.signal);
}

function pod(name: string, resourceVersion: number, options: { node?: string; uid?: string } = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'default',
      uid: options.uid ?? name,
      resourceVersion: String(resourceVersion),
      creationTimestamp: '',
    },
    spec: { containers: [], nodeName: options.node },
  };
}

/** What a handler was told: `+name`, `~name`, `-name`. */
function recordChanges() {
  const told: string[] = [];
  informers.for(refs.pods).onChange((object, old) => {
    told.push((object ? (old ? '~' : '+') : '-') + (object ?? old)!.metadata.name);
  });
  return told;
}

describe('informer', () => {
  test('lists, then follows the watch, handing on the very objects', async () => {
    const pods = informers.for(refs.pods);
    const told = recordChanges();
    const [a, b] = [pod('a', 1), pod('b', 2)];
    server.answer(listOf('PodList', '5', [a, b]));
    const watch = server.answerWatch();
    expect(pods.hasSynced).toBe(false);
    run();
    await informers.synced();
    expect(pods.hasSynced).toBe(true);
    expect(pods.get('default/a')).toBe(a);
    expect(told).toEqual(['+a', '+b']);

    const changed = pod('a', 6);
    watch.push(
      { type: 'MODIFIED', stored: stored(changed) },
      { type: 'DELETED', stored: stored(pod('b', 7)) },
      { type: 'ADDED', stored: stored(pod('c', 8)) },
    );
    await settleMicrotasks();
    expect(told.slice(2)).toEqual(['~a', '-b', '+c']);
    expect(pods.get('default/a')).toBe(changed);
    expect([...pods.list()].map((object) => object.metadata.name)).toEqual(['a', 'c']);
    expect(server.requests.map((request) => request.query.get('resourceVersion'))).toEqual(['0', '5']);
  });

  test('keeps indexes, also ones that are added later', async () => {
    const pods = informers.for(refs.pods);
    const byNode = (object: Pod) => (object.spec.nodeName ? [object.spec.nodeName] : []);
    pods.addIndex('node', byNode);
    const [a, b] = [pod('a', 1, { node: 'n1' }), pod('b', 2, { node: 'n1' })];
    server.answer(listOf('PodList', '5', [a, b]));
    const watch = server.answerWatch();
    run();
    await informers.synced();
    expect(pods.byIndex('node', 'n1')).toEqual([a, b]);
    expect(pods.byIndex('node', 'n1')).toBe(pods.byIndex('node', 'n1'));
    watch.push({ type: 'MODIFIED', stored: stored(pod('a', 6, { node: 'n2' })) });
    await settleMicrotasks();
    expect(pods.byIndex('node', 'n1')).toEqual([b]);
    expect(pods.byIndex('node', 'n2')).toHaveLength(1);
    expect(pods.byIndex('node', 'n3')).toEqual([]);
    pods.addIndex('name', (object) => [object.metadata.name]);
    expect(pods.byIndex('name', 'b')).toEqual([b]);
    pods.addIndex('node', byNode);
    expect(() => pods.addIndex('node', () => [])).toThrow();
    expect(() => pods.byIndex('nothing', '')).toThrow();
  });

  test('tells a handler that comes later of what is there', async () => {
    server.answer(listOf('PodList', '5', [pod('a', 1)]));
    server.answerWatch();
    informers.for(refs.pods);
    run();
    await informers.synced();
    expect(recordChanges()).toEqual(['+a']);
  });

  test('is one for all who ask for the same; starts at once when all run', async () => {
    run();
    const pods = informers.for(refs.pods);
    expect(informers.for(refs.pods)).toBe(pods);
    expect(informers.for(refs.pods, { labelSelector: 'a=b' })).not.toBe(pods);
    await settleMicrotasks();
    expect(server.requests.map((request) => request.query.get('labelSelector'))).toEqual([null, 'a=b']);
  });

  test('goes on where it was when a watch ends or breaks', async () => {
    recordChanges();
    server.answer(listOf('PodList', '5', []));
    const first = server.answerWatch();
    run();
    await informers.synced();
    first.push({ type: 'ADDED', stored: stored(pod('a', 6)) });
    first.push({ type: 'BOOKMARK', object: { kind: 'Pod', metadata: { resourceVersion: '9' } } });
    await settleMicrotasks();
    server.answer(new TransportError('ECONNREFUSED', 'no connection'));
    const second = server.answerWatch();
    first.end();
    await settleMicrotasks();
    expect(server.requests).toHaveLength(3);
    await clock.advance(1_600);
    expect(server.requests).toHaveLength(4);
    expect(server.requests.slice(1).map((request) => request.query.get('resourceVersion'))).toEqual([
      '5',
      '9',
      '9',
    ]);
    second.push({ type: 'MODIFIED', stored: stored(pod('a', 10)) });
    await settleMicrotasks();
    expect(informers.for(refs.pods).get('default/a')?.metadata.resourceVersion).toBe('10');
  });

  test('waits longer after each failure in a row', async () => {
    informers.for(refs.pods);
    for (let i = 0; i < 20; i++) server.answer(new TransportError('ECONNREFUSED', 'no connection'));
    run();
    const at: number[] = [];
    for (let second = 0; second < 200; second++) {
      if (server.requests.length > at.length) at.push(second);
      await clock.advance(1_000);
    }
    const gaps = at.slice(1).map((time, i) => time - at[i]!);
    expect(gaps.length).toBeGreaterThan(5);
    expect(gaps.length).toBeLessThan(14);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(61);
    expect(gaps.at(-1)).toBeGreaterThanOrEqual(30);
  });

  test('lists again when its revision has expired, and computes what was deleted', async () => {
    const told = recordChanges();
    const same = pod('same', 1);
    server.answer(
      listOf('PodList', '5', [pod('changed', 2), pod('gone', 3), pod('replaced', 4, { uid: 'old' }), same]),
    );
    server.answer(expired('too old resource version'));
    server.answer(
      listOf('PodList', '50', [
        pod('changed', 20),
        pod('replaced', 40, { uid: 'new' }),
        same,
        pod('new', 45),
      ]),
    );
    server.answerWatch();
    run();
    await informers.synced();
    told.length = 0;
    await settleMicrotasks();
    expect(told.sort()).toEqual(['+new', '+replaced', '-gone', '-replaced', '~changed']);
    expect(server.requests.map((request) => request.query.get('resourceVersion'))).toEqual([
      '0',
      '5',
      '5',
      '50',
    ]);
  });

  test('lists anew when the server knows less than was seen', async () => {
    informers.for(refs.pods);
    server.answer(listOf('PodList', '50', [pod('a', 40)]));
    const causes = [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }];
    const tooLarge = {
      code: 504,
      reason: 'Timeout',
      message: 'Too large resource version',
      details: { causes },
    };
    server.answer(objectResult(tooLarge, 504));
    server.answer(listOf('PodList', '5', []));
    server.answerWatch();
    run();
    await informers.synced();
    await settleMicrotasks();
    expect([...informers.for(refs.pods).list()]).toEqual([]);
    expect(server.requests.map((request) => request.query.get('resourceVersion'))).toEqual([
      '0',
      '50',
      null,
      '5',
    ]);
  });

  test('an ERROR event with 410 means a new list too', async () => {
    const told = recordChanges();
    server.answer(listOf('PodList', '5', [pod('a', 1)]));
    const watch = server.answerWatch();
    server.answer(listOf('PodList', '9', []));
    run();
    await informers.synced();
    watch.push({ type: 'ERROR', object: expired('too old resource version').status });
    await settleMicrotasks();
    expect(told).toEqual(['+a', '-a']);
  });

  test('a list that the server refuses is tried again', async () => {
    informers.for(refs.pods);
    server.answer(objectResult({ code: 503, reason: 'ServiceUnavailable', message: 'starting' }, 503));
    server.answer(listOf('PodList', '5', []));
    server.answerWatch();
    run();
    const synced = informers.synced();
    await clock.advance(2_000);
    await synced;
  });

  test('a handler that throws ends the run', async () => {
    informers.for(refs.pods).onChange(() => {
      throw expired('a bug, whatever its type');
    });
    server.answer(listOf('PodList', '5', [pod('a', 1)]));
    const failed = informers.run(stop.signal);
    await expect(failed).rejects.toThrow('a bug');
    running = Promise.resolve();
  });

  test('who waits for the first list hears of a stop', async () => {
    informers.for(refs.pods);
    run();
    const synced = informers.synced();
    stop.abort(new Error('stopped'));
    await expect(synced).rejects.toThrow('stopped');
    await running;
  });
});
