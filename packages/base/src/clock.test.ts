import { describe, expect, test } from 'vitest';
import { FakeClock, rfc3339, rfc3339Micro } from './clock.ts';

describe('FakeClock', () => {
  test('runs timers in order of time, then of setting, and what they set in turn', async () => {
    const clock = new FakeClock(0);
    const seen: string[] = [];
    clock.after(20, () => seen.push(`c@${clock.now()}`));
    clock.after(10, () => {
      seen.push(`a@${clock.now()}`);
      clock.after(5, () => seen.push(`nested@${clock.now()}`));
    });
    clock.after(10, () => seen.push(`b@${clock.now()}`));
    const cancel = clock.after(15, () => seen.push('never'));
    cancel();
    await clock.advance(19);
    expect(seen).toEqual(['a@10', 'b@10', 'nested@15']);
    expect(clock.nextTimerAt()).toBe(20);
    await clock.advance(1);
    expect(seen).toEqual(['a@10', 'b@10', 'nested@15', 'c@20']);
    expect(clock.now()).toBe(20);
  });

  test('lets promise work settle between timers', async () => {
    const clock = new FakeClock(0);
    const seen: number[] = [];
    const loop = async () => {
      for (let i = 0; i < 3; i++) {
        await clock.sleep(10);
        seen.push(clock.now());
      }
    };
    void loop();
    await clock.advance(30);
    expect(seen).toEqual([10, 20, 30]);
  });

  test('sleep rejects with the reason of the signal and leaves no timer', async () => {
    const clock = new FakeClock(0);
    const stop = new AbortController();
    const sleeping = clock.sleep(1000, stop.signal);
    stop.abort(new Error('enough'));
    await expect(sleeping).rejects.toThrow('enough');
    await expect(clock.sleep(1, stop.signal)).rejects.toThrow('enough');
    expect(clock.nextTimerAt()).toBeUndefined();
  });
});

test('times are written as Kubernetes writes them', () => {
  expect(rfc3339(1_700_000_000_123)).toBe('2023-11-14T22:13:20Z');
  expect(rfc3339Micro(1_700_000_000_123)).toBe('2023-11-14T22:13:20.123000Z');
});
