import { conflict, type KubeObject, labelSelectorMatcher } from '@kubets/api';
import { FakeClock, settleMicrotasks } from '@kubets/base';
import { describe, expect, test } from 'vitest';
import { recordingLogger } from '../testing/test_cluster.ts';
import { Caches } from './caches.ts';
import { withCondition, withWorkloadCondition } from './condition.ts';
import type { ReconcileResult } from './controller.ts';
import { omitZero, semanticEqual } from './equal.ts';
import { Expectations } from './expectations.ts';
import { intOrPercent } from './int_or_percent.ts';
import { OwnWrites } from './own_writes.ts';
import { decideClaim } from './owner.ts';
import { runController } from './run_controller.ts';
import { slowStart } from './slow_start.ts';
import { hashOf } from './template_hash.ts';

describe('runController', () => {
  async function run(reconcile: (key: string, clock: FakeClock) => Promise<ReconcileResult>) {
    const clock = new FakeClock();
    const lines: string[] = [];
    const stop = new AbortController();
    let enqueue: (key: string) => void = () => {};
    const running = runController(
      {
        name: 'test',
        watches: [{ start: (add) => (enqueue = add) }],
        startKeys: ['a'],
        reconcile: (key) => reconcile(key, clock),
      },
      { caches: new Caches({} as any), clock, log: recordingLogger(lines), signal: stop.signal },
    );
    await settleMicrotasks();
    const end = () => {
      stop.abort();
      return running;
    };
    return { clock, lines, enqueue, end };
  }

  test('tries again with growing delays, logs a failure once, and nothing of conflicts', async () => {
    const times: number[] = [];
    let fail: unknown = new Error('broken');
    const { clock, lines, enqueue, end } = await run(async (key, time) => {
      if (key === 'a') times.push(time.now());
      if (fail) throw fail;
    });
    await clock.advance(100);
    const start = times[0]!;
    expect(times.map((time) => time - start)).toEqual([0, 5, 15, 35, 75]);
    expect(lines).toHaveLength(1);
    fail = conflict({ group: '', resource: 'pods' }, 'p', 'changed');
    enqueue('b');
    await clock.advance(1_000);
    expect(lines).toHaveLength(1);
    fail = undefined;
    await clock.advance(10_000);
    await end();
  });

  test('looks again when asked to, sooner when something changes', async () => {
    const times: number[] = [];
    const { clock, enqueue, end } = await run(async (_, time) => {
      times.push(time.now());
      return { againAfterMs: 1_000 };
    });
    const start = times[0]!;
    await clock.advance(1_500);
    enqueue('a');
    await clock.advance(1_200);
    expect(times.map((time) => time - start)).toEqual([0, 1_000, 1_500, 2_500]);
    await end();
  });

  test('never again at once, so that others have their turn', async () => {
    let runs = 0;
    const { clock, end } = await run(async () => {
      runs++;
      return { againAfterMs: 0 };
    });
    expect(runs).toBe(1);
    await clock.advance(10);
    expect(runs).toBe(2);
    await end();
  });
});

describe('expectations', () => {
  test('are met when all own writes have been seen, or after five minutes', () => {
    const clock = new FakeClock();
    const expectations = new Expectations(clock);
    expectations.expectCreates('a', 2);
    expectations.expectDeletes('a', ['u1']);
    expectations.createSeen('a');
    expectations.deleteSeen('a', 'u1');
    expect(expectations.met('a')).toBe(false);
    expectations.createSeen('a');
    expect(expectations.met('a')).toBe(true);
    expectations.expectCreates('b', 1);
    expect(expectations.met('b')).toBe(false);
    void clock.advance(300_000);
  });

  test('a change that nobody waits for changes nothing', () => {
    const expectations = new Expectations(new FakeClock());
    expectations.createSeen('a');
    expectations.expectCreates('a', 1);
    expect(expectations.met('a')).toBe(false);
  });
});

test('own writes: an older copy is not acted upon', () => {
  const writes = new OwnWrites();
  const at = (resourceVersion: string, uid = 'u') => ({ metadata: { uid, resourceVersion } }) as KubeObject;
  writes.note('a', at('10'));
  expect(writes.seen('a', at('9'))).toBe(false);
  expect(writes.seen('a', at('9', 'another'))).toBe(true);
  writes.note('a', at('10'));
  expect(writes.seen('a', at('10'))).toBe(true);
  expect(writes.seen('a', at('9'))).toBe(true);
});

test('slow start doubles its batches and stops at the first that fails', async () => {
  let calls = 0;
  const result = await slowStart(20, async () => {
    if (++calls > 3) throw new Error('quota');
  });
  expect(result).toMatchObject({ done: 3, attempted: 7 });
  expect((await slowStart(9, async () => {})).done).toBe(9);
});

describe('claims', () => {
  const owner = { metadata: { uid: 'o', namespace: 'default' } } as KubeObject;
  const leaving = { metadata: { ...owner.metadata, deletionTimestamp: 't' } } as KubeObject;
  const selector = labelSelectorMatcher({ matchLabels: { app: 'a' } });
  const object = (app: string, controller?: string, more: object = {}) =>
    ({
      metadata: {
        namespace: 'default',
        labels: { app },
        ownerReferences: controller ? [{ uid: controller, controller: true }] : [],
        ...more,
      },
    }) as unknown as KubeObject;

  test.each([
    ['own and matching', owner, object('a', 'o'), 'keep'],
    ['own but not matching', owner, object('b', 'o'), 'release'],
    ['own, not matching, owner going', leaving, object('b', 'o'), 'ignore'],
    ['of another', owner, object('a', 'x'), 'ignore'],
    ['of nobody', owner, object('a'), 'adopt'],
    ['of nobody, owner going', leaving, object('a'), 'ignore'],
    ['of nobody and going', owner, object('a', undefined, { deletionTimestamp: 't' }), 'ignore'],
    ['of nobody in another namespace', owner, object('a', undefined, { namespace: 'other' }), 'ignore'],
  ])('%s', (_, of, candidate, expected) => {
    expect(decideClaim(of, selector, candidate)).toBe(expected);
  });
});

test('equality: what is absent, null or empty is the same', () => {
  expect(semanticEqual({ a: [], b: { c: null } }, undefined)).toBe(true);
  expect(semanticEqual({ a: 0 }, {})).toBe(false);
  expect(semanticEqual([1, { a: 'x' }], [1, { a: 'x', b: undefined }])).toBe(true);
  expect(semanticEqual([1], { 0: 1 })).toBe(false);
  expect(omitZero({ a: 0, b: '', c: [], d: 1 })).toEqual({ d: 1 });
});

test('conditions: the transition time moves with the status only', () => {
  const at = (status: string, reason: string, lastTransitionTime: string) => ({
    type: 'Ready',
    status,
    reason,
    lastTransitionTime,
  });
  const first = withCondition([], at('True', 'A', '1'));
  expect(withCondition(first, at('True', 'A', '2'))).toBe(first);
  expect(withCondition(first, at('True', 'B', '2'))).toEqual([at('True', 'B', '1')]);
  expect(withCondition(first, at('False', 'B', '2'))).toEqual([at('False', 'B', '2')]);
  expect(withWorkloadCondition(first, at('True', 'A', '2'))).toBe(first);
});

test.each([
  ['25%', 10, 'up', 3],
  ['25%', 10, 'down', 2],
  [4, 10, 'up', 4],
  ['0%', 10, 'up', 0],
] as const)('%s of %i rounded %s', (value, total, round, expected) => {
  expect(intOrPercent(value, total, round)).toBe(expected);
});

test('hashes: of the value, not of the order of its keys; another with each collision', () => {
  expect(hashOf({ a: 1, b: 2 }, undefined)).toBe(hashOf({ b: 2, a: 1 }, undefined));
  expect(hashOf({ a: 1 }, 1)).not.toBe(hashOf({ a: 1 }, undefined));
  expect(hashOf({ a: 1 }, undefined)).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{1,10}$/);
});
