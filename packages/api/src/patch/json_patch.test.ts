import { seededRandom } from '@kubets/base';
import { describe, expect, test } from 'vitest';
import { deepEqual } from '../deep_equal.ts';
import { recordedCases } from '../testing/recorded_cases.ts';
import { applyJsonPatch, type JsonPatchOperation } from './json_patch.ts';

describe('as upstream does', () => {
  test.each(recordedCases(new URL('json_patch.jsonl', import.meta.url)))(
    '$patch',
    ({ doc, patch, result, error }) => {
      const before = structuredClone(doc);
      if (error) expect(() => applyJsonPatch(doc, patch)).toThrow(expect.objectContaining({ code: 422 }));
      else expect(applyJsonPatch(doc, patch)).toEqual(result);
      expect(doc).toEqual(before);
    },
  );
});

// RFC 6902, appendix A.
test.each<[string, unknown, JsonPatchOperation[], unknown]>([
  [
    'A.1 add a member',
    { foo: 'bar' },
    [{ op: 'add', path: '/baz', value: 'qux' }],
    { baz: 'qux', foo: 'bar' },
  ],
  [
    'A.2 add an item',
    { foo: ['bar', 'baz'] },
    [{ op: 'add', path: '/foo/1', value: 'qux' }],
    { foo: ['bar', 'qux', 'baz'] },
  ],
  ['A.3 remove a member', { baz: 'qux', foo: 'bar' }, [{ op: 'remove', path: '/baz' }], { foo: 'bar' }],
  ['A.4 remove an item', { foo: ['a', 'b', 'c'] }, [{ op: 'remove', path: '/foo/1' }], { foo: ['a', 'c'] }],
  ['A.5 replace', { baz: 'qux' }, [{ op: 'replace', path: '/baz', value: 'boo' }], { baz: 'boo' }],
  [
    'A.6 move',
    { foo: { bar: 1 }, qux: {} },
    [{ op: 'move', from: '/foo/bar', path: '/qux/thud' }],
    { foo: {}, qux: { thud: 1 } },
  ],
  [
    'A.7 move an item',
    { foo: ['a', 'b', 'c', 'd'] },
    [{ op: 'move', from: '/foo/1', path: '/foo/3' }],
    { foo: ['a', 'c', 'd', 'b'] },
  ],
  [
    'A.8 test',
    { baz: 'qux', foo: ['a', 2] },
    [{ op: 'test', path: '/foo/1', value: 2 }],
    { baz: 'qux', foo: ['a', 2] },
  ],
  [
    'A.10 add an object',
    { foo: 'bar' },
    [{ op: 'add', path: '/child', value: { g: {} } }],
    { foo: 'bar', child: { g: {} } },
  ],
  ['A.14 escapes', { '/': 9, '~1': 10 }, [{ op: 'test', path: '/~01', value: 10 }], { '/': 9, '~1': 10 }],
  [
    'A.16 append',
    { foo: ['bar'] },
    [{ op: 'add', path: '/foo/-', value: ['abc'] }],
    { foo: ['bar', ['abc']] },
  ],
])('%s', (_name, doc, patch, result) => {
  expect(applyJsonPatch(doc, patch)).toEqual(result);
});

test("a patch that does not apply is 422 with upstream's text; the reason is the cause", () => {
  const attempt = () => applyJsonPatch({ a: 1 }, [{ op: 'test', path: '/a', value: 2 }]);
  expect(attempt).toThrow(
    expect.objectContaining({
      code: 422,
      message: 'the server rejected our request due to an error in our request',
      cause: expect.objectContaining({ message: 'testing value /a failed' }),
    }),
  );
});

describe('limits', () => {
  test('operations', () => {
    const operation = { op: 'add', path: '/a', value: 1 } as const;
    expect(() => applyJsonPatch({}, Array(10_000).fill(operation))).not.toThrow();
    expect(() => applyJsonPatch({}, Array(10_001).fill(operation))).toThrow(
      'Request entity too large: The allowed maximum operations in a JSON patch is 10000, got 10001',
    );
  });

  test('copies that multiply', () => {
    const patch: JsonPatchOperation[] = [{ op: 'add', path: '/a', value: ['x'.repeat(1000)] }];
    for (let i = 0; i < 40; i++) patch.push({ op: 'copy', from: '/a', path: '/a/-' });
    expect(() => applyJsonPatch({}, patch)).toThrow(expect.objectContaining({ code: 422 }));
  });

  test('what is not a patch', () => {
    expect(() => applyJsonPatch({}, {} as any)).toThrow(expect.objectContaining({ code: 400 }));
    expect(() => applyJsonPatch({}, [null] as any)).toThrow(expect.objectContaining({ code: 422 }));
    expect(() => applyJsonPatch({}, [{ op: 'x', path: '/a' }] as any)).toThrow(
      expect.objectContaining({ code: 422 }),
    );
  });
});

test('prototypes stay out of reach', () => {
  for (const path of ['/__proto__/x', '/constructor/prototype/x', '/a/__proto__']) {
    expect(() => applyJsonPatch({ a: {} }, [{ op: 'add', path, value: 1 }])).toThrow();
  }
  expect(applyJsonPatch({}, [{ op: 'add', path: '/constructor', value: 1 }])).toEqual({ constructor: 1 });
  expect(({} as any).x).toBeUndefined();
});

test('a copy does not change with its original', () => {
  const result: any = applyJsonPatch({ a: { b: [1] } }, [
    { op: 'add', path: '/a/b/-', value: 2 },
    { op: 'copy', from: '/a', path: '/c' },
    { op: 'add', path: '/a/b/-', value: 3 },
  ]);
  expect(result).toEqual({ a: { b: [1, 2, 3] }, c: { b: [1, 2] } });
});

test.each([1, 2, 3])('what is moved there and back is where it was (seed %d)', (seed) => {
  const random = seededRandom(seed);
  for (let round = 0; round < 200; round++) {
    const doc = {
      list: Array.from({ length: 5 }, () => Math.floor(random.next() * 9)),
      map: { a: { b: 1 } },
    };
    const from = `/list/${Math.floor(random.next() * 5)}`;
    const to = `/list/${Math.floor(random.next() * 5)}`;
    const result = applyJsonPatch(doc, [
      { op: 'move', from, path: to },
      { op: 'move', from: to, path: from },
      { op: 'move', from: '/map/a', path: '/map/z' },
      { op: 'move', from: '/map/z', path: '/map/a' },
    ]);
    expect(deepEqual(result, doc), `seed ${seed}, ${from} to ${to}`).toBe(true);
  }
});
