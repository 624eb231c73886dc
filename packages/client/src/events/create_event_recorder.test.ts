import { type Event, forbidden, notFound, type Pod } from '@kubets/api';
import type { ApiRequest } from '@kubets/apiserver';
import { FakeClock, seededRandom, settleMicrotasks } from '@kubets/base';
import { beforeEach, describe, expect, test } from 'vitest';
import type { EventRecorder } from '../client.ts';
import { createClient } from '../create_client.ts';
import { inProcessTransport } from '../in_process_transport.ts';
import { TransportError } from '../transport.ts';
import { createEventRecorder } from './create_event_recorder.ts';

const web: Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'shop', uid: 'u1', resourceVersion: '7', creationTimestamp: '' },
  spec: { containers: [] },
};

let clock: FakeClock;
let requests: ApiRequest[];
let failures: Error[];
let recorder: EventRecorder;

beforeEach(() => {
  clock = new FakeClock(Date.UTC(2026, 0, 1));
  requests = [];
  failures = [];
  const client = createClient(
    inProcessTransport(
      async (request) => {
        requests.push(request);
        const failure = failures.shift();
        if (failure) throw failure;
        return { type: 'object', status: 200, object: request.body as object };
      },
      { username: 'system:test' },
    ),
  );
  const random = seededRandom(1);
  recorder = createEventRecorder({ client, clock, random, component: 'kubelet', host: 'n1' });
});

const created = () =>
  requests.filter((request) => request.method === 'POST').map(({ body }) => body as Event);
const patched = () =>
  requests.filter((request) => request.method === 'PATCH').map(({ body }) => body as Event);

describe('event recorder', () => {
  test('writes what happened, about what, by whom and when', async () => {
    recorder.event(web, 'Normal', 'Pulled', 'Image is there', { fieldPath: 'spec.containers{web}' });
    await settleMicrotasks();
    const [event] = created();
    expect(event).toMatchObject({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { namespace: 'shop', name: expect.stringMatching(/^web\.[0-9a-f]+$/) },
      involvedObject: {
        apiVersion: 'v1',
        kind: 'Pod',
        namespace: 'shop',
        name: 'web',
        uid: 'u1',
        resourceVersion: '7',
        fieldPath: 'spec.containers{web}',
      },
      type: 'Normal',
      reason: 'Pulled',
      message: 'Image is there',
      source: { component: 'kubelet', host: 'n1' },
      reportingComponent: 'kubelet',
      reportingInstance: 'n1',
      count: 1,
      firstTimestamp: '2026-01-01T00:00:00Z',
      lastTimestamp: '2026-01-01T00:00:00Z',
    });
  });

  test('events of objects without a namespace go to default', async () => {
    recorder.event({ apiVersion: 'v1', kind: 'Node', name: 'n1', uid: 'n1' }, 'Normal', 'NodeReady', 'ready');
    await settleMicrotasks();
    expect(requests[0]!.path).toBe('/api/v1/namespaces/default/events');
  });

  test('counts equal events within ten minutes', async () => {
    for (let i = 0; i < 3; i++) {
      recorder.event(web, 'Warning', 'BackOff', 'restarting');
      await clock.advance(60_000);
    }
    expect(created()).toHaveLength(1);
    expect(patched()).toMatchObject([
      { count: 2, lastTimestamp: '2026-01-01T00:01:00Z' },
      { count: 3, lastTimestamp: '2026-01-01T00:02:00Z' },
    ]);
    expect(requests.at(-1)!.path).toBe(`/api/v1/namespaces/shop/events/${created()[0]!.metadata.name}`);
    await clock.advance(700_000);
    recorder.event(web, 'Warning', 'BackOff', 'restarting');
    await settleMicrotasks();
    expect(created()).toHaveLength(2);
  });

  test('writes a counted event anew when it has expired', async () => {
    recorder.event(web, 'Warning', 'BackOff', 'restarting');
    await settleMicrotasks();
    failures.push(notFound({ group: '', resource: 'events' }, 'web.1'));
    recorder.event(web, 'Warning', 'BackOff', 'restarting');
    await settleMicrotasks();
    expect(created()).toMatchObject([{ count: 1 }, { count: 2 }]);
  });

  test('combines events that differ in the message only', async () => {
    for (let i = 0; i < 12; i++) recorder.event(web, 'Warning', 'Failed', `attempt ${i}`);
    await settleMicrotasks();
    expect(created()).toHaveLength(10);
    expect(created().at(-1)!.message).toBe('(combined from similar events): attempt 9');
    expect(patched()).toMatchObject([
      { count: 2 },
      { count: 3, message: '(combined from similar events): attempt 11' },
    ]);
  });

  test('bounds the events of one object', async () => {
    for (let i = 0; i < 100; i++) recorder.event(web, 'Normal', `Reason${i}`, 'x');
    await settleMicrotasks();
    expect(created()).toHaveLength(25);
    await clock.advance(300_000);
    for (let i = 0; i < 10; i++) recorder.event(web, 'Normal', `Later${i}`, 'x');
    await settleMicrotasks();
    expect(created()).toHaveLength(26);
  });

  test('tries again while there is no connection, and gives up on a refusal', async () => {
    failures.push(new TransportError('ECONNREFUSED', 'no connection'));
    recorder.event(web, 'Normal', 'Pulled', 'there');
    await settleMicrotasks();
    expect(requests).toHaveLength(1);
    await clock.advance(10_000);
    expect(requests).toHaveLength(2);
    failures.push(forbidden({ group: '', resource: 'events' }, '', 'namespace shop is being terminated'));
    recorder.event(web, 'Normal', 'Killing', 'stopping');
    recorder.event(web, 'Normal', 'Created', 'made');
    await settleMicrotasks();
    expect(created().map((event) => event.reason)).toEqual(['Pulled', 'Pulled', 'Killing', 'Created']);
  });

  test('drops events while too many wait', async () => {
    for (let i = 0; i < 12; i++) failures.push(new TransportError('ECONNREFUSED', 'no connection'));
    for (let i = 0; i < 3_000; i++) {
      recorder.event({ ...web, metadata: { ...web.metadata, uid: `u${i}` } }, 'Normal', 'Pulled', 'there');
    }
    await clock.advance(200_000);
    expect(created().length).toBeLessThan(1_020);
  });
});
