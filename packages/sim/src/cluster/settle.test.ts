import { settleMicrotasks } from '@kubets/base';
import { expect, test } from 'vitest';
import { settle } from './settle.ts';

test('waits for work that hands over to the event loop in between', async () => {
  let activity = 0;
  const work = (async () => {
    for (let i = 0; i < 5; i++) {
      activity++;
      await settleMicrotasks();
    }
    return 'done';
  })();
  await settle(() => activity);
  expect(activity).toBe(5);
  expect(await Promise.race([work, 'working'])).toBe('done');
});

test('does not wait for ever', async () => {
  let activity = 0;
  await expect(settle(() => activity++)).rejects.toThrow('does not come to rest');
});
