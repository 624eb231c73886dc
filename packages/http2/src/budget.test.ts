import { FakeClock } from '@kubets/base';
import { expect, test } from 'vitest';
import { Budget } from './budget.ts';

test('a burst, then a rate', async () => {
  const clock = new FakeClock();
  const budget = new Budget({ clock, capacity: 10, perSecond: 5 });
  for (let i = 0; i < 10; i++) expect(budget.spend()).toBe(true);
  expect(budget.spend()).toBe(false);
  await clock.advance(1_000);
  // One was spent in vain.
  for (let i = 0; i < 4; i++) expect(budget.spend()).toBe(true);
  expect(budget.spend()).toBe(false);
  await clock.advance(60_000);
  for (let i = 0; i < 9; i++) expect(budget.spend()).toBe(true);
});

test('work earns, up to the capacity', () => {
  const budget = new Budget({ clock: new FakeClock(), capacity: 3, perSecond: 0 });
  budget.earn(100);
  expect([1, 2, 3, 4].map(() => budget.spend())).toEqual([true, true, true, false]);
  budget.earn(3);
  expect(budget.spend()).toBe(true);
});
