import { expect, test } from 'vitest';
import { readWords } from './read_words.ts';

test('types, fields, and words that go on in the next line', () => {
  const text = `
Probe, Check: A check: of
    something.
  exec: By a command,
    as /bin/true.
  x-kubernetes-map-type: a
Check:
  port: Which port.
`;
  expect(Object.fromEntries(readWords([text, '*: \n  kind: What it is.']))).toEqual({
    Probe: 'A check: of something.',
    Check: 'A check: of something.',
    'Probe/exec': 'By a command, as /bin/true.',
    'Check/exec': 'By a command, as /bin/true.',
    'Probe/x-kubernetes-map-type': 'a',
    'Check/x-kubernetes-map-type': 'a',
    'Check/port': 'Which port.',
    '*/kind': 'What it is.',
  });
});

test('nothing is said twice', () => {
  expect(() => readWords(['A: a\n  b: b\nA:\n  b: c'])).toThrow('A/b is described twice');
});
