import { describe, expect, test } from 'vitest';
import { recordedCases } from '../testing/recorded_cases.ts';
import { formatFieldSelector, parseFieldSelector } from './field_selector.ts';

describe('as upstream does', () => {
  test.each(recordedCases(new URL('field_selector.jsonl', import.meta.url)))(
    '$text',
    ({ text, selector, error }) => {
      if (error) expect(() => parseFieldSelector(text)).toThrow(error);
      else expect(formatFieldSelector(parseFieldSelector(text))).toBe(selector);
    },
  );
});

test('terms', () => {
  expect(parseFieldSelector('status.phase==Running,spec.nodeName!=n\\,1')).toEqual([
    { field: 'spec.nodeName', op: '!=', value: 'n,1' },
    { field: 'status.phase', op: '=', value: 'Running' },
  ]);
});
