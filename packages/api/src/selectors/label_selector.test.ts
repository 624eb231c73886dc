import { describe, expect, test } from 'vitest';
import { recordedCases } from '../testing/recorded_cases.ts';
import { labelSelectorMatcher, labelSetMatcher, parseLabelSelector } from './label_selector.ts';
import { labelKeyProblems, labelValueProblems } from './label_syntax.ts';

describe('parsing, as upstream does', () => {
  test.each(recordedCases(new URL('label_parser.jsonl', import.meta.url)))(
    '$text',
    ({ text, selector, error }) => {
      if (error)
        expect(() => parseLabelSelector(text)).toThrow(
          expect.objectContaining({ message: error, code: 400 }),
        );
      else expect(parseLabelSelector(text).toString()).toBe(selector);
    },
  );
});

test.each([
  ['a', { a: '' }, true],
  ['a', {}, false],
  ['a', undefined, false],
  ['!a', undefined, true],
  ['!a', { a: 'x' }, false],
  ['a=b', { a: 'b' }, true],
  ['a!=b', {}, true],
  ['a in (b,c)', { a: 'c' }, true],
  ['a in (b,c)', {}, false],
  ['a notin (b,c)', {}, true],
  ['a notin (b,c)', { a: 'b' }, false],
  ['a>5', { a: '6' }, true],
  ['a>5', { a: '5' }, false],
  ['a<5', { a: 'x' }, false],
  ['a<1', { a: '-9223372036854775808' }, true],
  ['a<5', { a: '9223372036854775808' }, false],
  ['a=b,c', { a: 'b', c: 'd' }, true],
  ['a=b,c', { a: 'b' }, false],
  ['constructor', {}, false],
])('%s on %j: %s', (text, labels, expected) => {
  expect(parseLabelSelector(text).matches(labels)).toBe(expected);
});

test('a LabelSelector: absent matches nothing, empty everything', () => {
  const nothing = labelSelectorMatcher(undefined);
  expect([nothing.matches({ a: 'b' }), nothing.empty, nothing.nothing]).toEqual([false, false, true]);
  const everything = labelSelectorMatcher({});
  expect([everything.matches(undefined), everything.empty, everything.nothing]).toEqual([true, true, false]);
});

test('a LabelSelector with expressions', () => {
  const matcher = labelSelectorMatcher({
    matchLabels: { app: 'web' },
    matchExpressions: [
      { key: 'tier', operator: 'NotIn', values: ['test', 'dev'] },
      { key: 'canary', operator: 'DoesNotExist' },
    ],
  });
  expect(matcher.toString()).toBe('app=web,!canary,tier notin (dev,test)');
  expect(matcher.matches({ app: 'web', tier: 'prod' })).toBe(true);
  expect(matcher.matches({ app: 'web', tier: 'dev' })).toBe(false);
  expect(matcher.exactValue('app')).toBe('web');
  expect(matcher.exactValue('tier')).toBeUndefined();
  expect(() => labelSelectorMatcher({ matchExpressions: [{ key: 'a', operator: 'Foo' }] })).toThrow(
    '"Foo" is not a valid label selector operator',
  );
});

test('a set of labels', () => {
  expect(labelSetMatcher({ a: 'b' }).matches({ a: 'b', c: 'd' })).toBe(true);
  expect(labelSetMatcher({}).empty).toBe(true);
});

test('syntax of keys and values', () => {
  expect(labelKeyProblems('example.com/Name_1.x')).toEqual([]);
  expect(labelKeyProblems(`${'a'.repeat(254)}/x`)[0]).toBe('prefix part must be no more than 253 bytes');
  expect(labelKeyProblems('')[0]).toBe('name part must be non-empty');
  expect(labelValueProblems('')).toEqual([]);
  expect(labelValueProblems('ä'.repeat(40))).toHaveLength(2);
});
