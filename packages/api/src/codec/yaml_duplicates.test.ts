import { expect, test } from 'vitest';
import { findDuplicateYamlKeys } from './yaml_duplicates.ts';

test.each([
  ['a: 1\nb: 2\n', []],
  [
    'a: 1\nm:\n  x: 1\n  x: 2\na: 2\n',
    ['line 4: key "x" already set in map', 'line 5: key "a" already set in map'],
  ],
  [
    '{"a":"1","b":[{"c":1,"c":2}],"a":{"d":1}}',
    ['line 1: key "c" already set in map', 'line 1: key "a" already set in map'],
  ],
  ['- a: 1\n  a: 2\n- a: 1\n', ['line 2: key "a" already set in map']],
])('%s', (text, found) => {
  expect(findDuplicateYamlKeys(text)).toEqual(found);
});
