import { expect, test } from 'vitest';
import { formatYaml, parseYaml } from './yaml.ts';

const words = (count: number, word = 'word') => Array(count).fill(word).join(' ');

// As kube-apiserver v1.36.2 writes them.
test.each([
  ['plain', { a: words(20) }, `a: ${words(16)}\n  ${words(4)}\n`],
  ['deeper', { a: { b: words(18) } }, `a:\n  b: ${words(16)}\n    ${words(2)}\n`],
  ['in a list', { l: [words(18)] }, `l:\n- ${words(16)}\n  ${words(2)}\n`],
  ['in an object in a list', { l: [{ a: words(18) }] }, `l:\n- a: ${words(16)}\n    ${words(2)}\n`],
  ['quoted', { a: `${words(18)}: x` }, `a: '${words(16)}\n  ${words(2)}: x'\n`],
  ['without spaces', { a: 'x'.repeat(100) }, `a: ${'x'.repeat(100)}\n`],
  ['a block', { a: `${words(30)}\n- x`, b: 'c' }, `a: |-\n  ${words(30)}\n  - x\nb: c\n`],
  ['beyond the basic plane', { a: '\u{1f600}' }, 'a: "\\U0001F600"\n'],
  ['a space before a line break', { a: 'b \nc' }, 'a: "b \\nc"\n'],
])('%s', (_name, value, text) => {
  expect(formatYaml(value)).toBe(text);
  expect(parseYaml(text)).toEqual(value);
});

test.each([
  { '\u{1f600}': 1 },
  { a: `"${words(40, "it's")}  ${words(40, '\\')}` },
  { l: [[words(40)], { b: [`${words(30)}\n`, words(30, '"')] }], 'a: b': `x ${words(30)}` },
])('what was folded reads the same: %j', (value) => expect(parseYaml(formatYaml(value))).toEqual(value));
