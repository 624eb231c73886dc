import { expect, test } from 'vitest';
import { texts } from '../testing.ts';
import { byteLength, validateLabelSelector } from './labels.ts';

test.each([
  [{}, []],
  [{ matchLabels: { app: 'web' } }, []],
  [{ matchExpressions: [{ key: 'app', operator: 'In', values: ['a', 'b'] }] }, []],
  [
    { matchExpressions: [{ key: 'app', operator: 'In' }] },
    [
      "selector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
    ],
  ],
  [
    { matchExpressions: [{ key: 'app', operator: 'Exists', values: ['a'] }] },
    [
      "selector.matchExpressions[0].values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
    ],
  ],
  [
    { matchExpressions: [{ key: 'app', operator: 'Like' }] },
    ['selector.matchExpressions[0].operator: Invalid value: "Like": not a valid selector operator'],
  ],
])('selector %j', (selector, expected) => {
  expect(texts(validateLabelSelector(selector as any, 'selector'))).toEqual(expected);
});

test('values of old selectors may stay what they are', () => {
  const selector = { matchExpressions: [{ key: 'app', operator: 'In', values: ['a b'] }] };
  expect(validateLabelSelector(selector, 'selector')).toHaveLength(1);
  expect(validateLabelSelector(selector, 'selector', { allowInvalidValues: true })).toEqual([]);
});

test('sizes are those of UTF-8', () => {
  expect([byteLength('abc'), byteLength('é'), byteLength('😀')]).toEqual([3, 2, 4]);
});
