import { expect, test } from 'vitest';
import { parseRepeatedFields } from './repeated_fields.ts';

test.each([
  ['{"a":1,"b":[true,null,"x\\"]}"],"c":{}}', { a: 1, b: [true, null, 'x"]}'], c: {} }],
  ['{"a":1,"a":2}', { a: 2 }],
  ['{"data":{"a":"x","b":"y"},"data":{"b":"z","c":"w"}}', { data: { a: 'x', b: 'z', c: 'w' } }],
  ['{"l":[{"a":1,"b":2},{"a":3}],"l":[{"a":4}]}', { l: [{ a: 4, b: 2 }] }],
  ['{"l":["a","b"], "l":["c"]}', { l: ['c'] }],
  ['{"a":{"b":1},"a":null}', { a: null }],
  ['{"__proto__":{"x":1},"a":{"__proto__":1}}', { a: {} }],
])('%s', (text, value) => expect(parseRepeatedFields(text)).toEqual(value));
