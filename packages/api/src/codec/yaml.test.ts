import { describe, expect, test } from 'vitest';
import { recordedCases } from '../testing/recorded_cases.ts';
import { stringifyExact } from './exact_numbers.ts';
import { formatYaml, parseYaml, parseYamlDocuments } from './yaml.ts';

describe('reading, as upstream does', () => {
  test.each(recordedCases(new URL('yaml_read.jsonl', import.meta.url)))('$text', ({ text, json, error }) => {
    if (error) expect(() => parseYaml(text)).toThrow();
    else expect(nearly(parseYaml(text))).toEqual(json);
  });
});

describe('writing, as upstream does', () => {
  test.each(recordedCases(new URL('yaml_write.jsonl', import.meta.url)))('$value', ({ value, text }) => {
    expect(formatYaml(value)).toBe(text);
    expect(parseYaml(text)).toEqual(value);
  });
});

test.each(['---', '...', '=', '<<', '\n', '\nx', 'x\n ', ' \nx', '😀', '\u0085', 'word '.repeat(60).trim()])(
  'text that is written in another way than upstream comes back: %j',
  (text) => {
    expect(parseYaml(formatYaml({ text }))).toEqual({ text });
  },
);

test('a stream of documents; empty ones are left out', () => {
  expect(parseYamlDocuments('---\na: 1\n---\n# nothing\n---\nb: 2\n...\n')).toEqual([{ a: 1 }, { b: 2 }]);
  expect(parseYamlDocuments('')).toEqual([]);
  expect(parseYaml('')).toBeNull();
});

test('JSON is read as JSON', () => {
  expect(parseYaml('{"a":\t[1, "y"]}')).toEqual({ a: [1, 'y'] });
});

test('what aliases share is copied', () => {
  const { a, b } = parseYaml('a: &x {c: [1]}\nb: *x');
  expect(a).toEqual(b);
  expect(a).not.toBe(b);
  expect(a.c).not.toBe(b.c);
});

test('documents that aliases blow up are refused', () => {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
  for (let i = 1; i < 9; i++)
    lines.push(
      `a${i}: &a${i} [${Array(10)
        .fill(`*a${i - 1}`)
        .join(', ')}]`,
    );
  expect(() => parseYaml(lines.join('\n'))).toThrow('excessive aliasing');
  expect(() => parseYaml('a: &a [*a]')).toThrow();
  expect(() => parseYaml(`a: &a 1\nb: [${Array(2000).fill('*a').join(', ')}]`)).toThrow();
});

test('errors are 400 and name the line', () => {
  expect(() => parseYaml('a: 1\nb: [')).toThrow(
    expect.objectContaining({ code: 400, message: expect.stringMatching(/^yaml: line \d+: /) }),
  );
  expect(() => parseYaml(`${'['.repeat(600)}${']'.repeat(600)} x`)).toThrow(
    expect.objectContaining({ code: 400 }),
  );
});

test('no prototype is changed', () => {
  expect(Object.getPrototypeOf(parseYaml('__proto__: {x: 1}\na: 1'))).toBe(Object.prototype);
});

// The record has numbers as JSON.parse reads them.
function nearly(value: unknown): unknown {
  return JSON.parse(stringifyExact(value));
}
