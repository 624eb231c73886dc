import { expect, test } from 'vitest';
import { mergeTolerations } from './merge_tolerations.ts';

const all = { operator: 'Exists' };
const key = { key: 'k', operator: 'Exists' };
const value = { key: 'k', operator: 'Equal', value: 'v' };
const seconds = (tolerationSeconds: number) => ({ ...key, effect: 'NoExecute', tolerationSeconds });

test.each([
  [[value, key], [key]],
  [[key, value, all], [all]],
  [[key, key], [key]],
  [
    [value, { ...value, value: 'w' }],
    [value, { ...value, value: 'w' }],
  ],
  [[seconds(5), seconds(9)], [seconds(9)]],
  [
    [{ ...key, effect: 'NoSchedule' }, seconds(9)],
    [{ ...key, effect: 'NoSchedule' }, seconds(9)],
  ],
])('%j are %j', (given, merged) => {
  expect(mergeTolerations(given)).toEqual(merged);
});
