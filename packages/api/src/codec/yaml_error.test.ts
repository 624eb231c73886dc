import { expect, test } from 'vitest';
import { parseYaml } from './yaml.ts';

// As sigs.k8s.io/yaml says it of the same texts.
test.each([
  ['a: b: c', 'yaml: mapping values are not allowed in this context'],
  ['a: b\n c: d', 'yaml: line 2: mapping values are not allowed in this context'],
  ['a:\n\t- b', 'yaml: line 2: found character that cannot start any token'],
  ['a: @b', 'yaml: found character that cannot start any token'],
  ['a:\n  - b\n c', 'yaml: line 2: did not find expected key'],
  ['a: [1, 2\nb: 3', "yaml: line 1: did not find expected ',' or ']'"],
  ['a: "x\n', 'yaml: line 2: found unexpected end of stream'],
  ['a: *x', "yaml: unknown anchor 'x' referenced"],
  ['a: "\\q"', 'yaml: found unknown escape character'],
  ['<<: 1', 'yaml: map merge requires map or sequence of maps as the value'],
  ['a: .inf', 'json: unsupported value: +Inf'],
])('%j', (text, message) => {
  expect(() => parseYaml(text)).toThrow(expect.objectContaining({ code: 400, message }));
});

test('one document is read of a stream', () => {
  expect(parseYaml('a: 1\n---\nb: 2\n')).toEqual({ a: 1 });
});
