import { describe, expect, test } from 'vitest';
import { FakeClock } from './clock.ts';
import { WorkQueue } from './work_queue.ts';

const make = () => {
  const clock = new FakeClock(0);
  return { clock, queue: new WorkQueue({ clock, backoff: { initialMs: 10, maxMs: 40 } }) };
};

describe('WorkQueue', () => {
  test('holds each key once, in order', async () => {
    const { queue } = make();
    for (const key of ['a', 'b', 'a']) queue.add(key);
    expect(queue.length).toBe(2);
    expect([await queue.next(), await queue.next()]).toEqual(['a', 'b']);
  });

  test('a key added while it is worked on comes again after done, not before', async () => {
    const { queue } = make();
    queue.add('a');
    await queue.next();
    queue.add('a');
    expect(queue.length).toBe(0);
    expect(queue.idle).toBe(false);
    queue.done('a');
    expect(await queue.next()).toBe('a');
  });

  test('hands a key to a waiting worker, which then works on it', async () => {
    const { queue } = make();
    const waiting = queue.next();
    queue.add('a');
    expect(await waiting).toBe('a');
    queue.add('a');
    expect(queue.length).toBe(0);
  });

  test('a delayed key comes when due; sooner when asked for sooner; never twice', async () => {
    const { queue, clock } = make();
    queue.addAfter('a', 100);
    queue.addAfter('a', 50);
    queue.addAfter('a', 200);
    queue.addAfter('b', 30);
    queue.add('b');
    await clock.advance(49);
    expect(queue.length).toBe(1);
    await clock.advance(1);
    expect(queue.length).toBe(2);
    await clock.advance(500);
    expect(queue.length).toBe(2);
    expect(clock.nextTimerAt()).toBeUndefined();
  });

  test('failures wait longer each time, up to the bound, until forgotten', async () => {
    const { queue, clock } = make();
    const waits: number[] = [];
    for (let i = 0; i < 4; i++) {
      queue.addRateLimited('a');
      waits.push(clock.nextTimerAt()! - clock.now());
      await clock.advance(40);
      queue.done((await queue.next())!);
    }
    expect(waits).toEqual([10, 20, 40, 40]);
    queue.forget('a');
    queue.addRateLimited('a');
    expect(clock.nextTimerAt()! - clock.now()).toBe(10);
  });

  test('close wakes workers and drops what waits', async () => {
    const { queue, clock } = make();
    const waiting = queue.next();
    queue.addAfter('a', 10);
    queue.close();
    expect(await waiting).toBeUndefined();
    queue.add('b');
    await clock.advance(100);
    expect(await queue.next()).toBeUndefined();
  });
});
