import { describe, expect, test } from 'vitest';
import { checkOperations } from './check_operations.ts';
import type { Operation, SeenChange, SeenEntry } from './history.ts';
import { checkLinearizable, type SequentialModel, type Timed } from './linearizability.ts';

/** A register that is set and read, as text: `w1 0-5` is a write of 1 from time 0 to 5; `r1 2-9` a read of 1. */
interface RegisterOperation extends Timed {
  text: string;
}
const register: SequentialModel<RegisterOperation, string> = {
  initial: '0',
  step: (state, { text }) => (text[0] === 'w' ? [text.slice(1)] : text.slice(1) === state ? [state] : []),
  keyOf: (state) => state,
};
function parse(history: string): RegisterOperation[] {
  return history.split(', ').map((each) => {
    const [text, times] = each.split(' ');
    const [calledAt, returnedAt] = times!.split('-').map(Number);
    return { text: text!, calledAt: calledAt!, returnedAt: returnedAt! };
  });
}

describe('a register', () => {
  test.each([
    'w1 0-1, r1 2-3',
    'w1 0-9, r0 1-2, r1 3-4',
    'w1 0-9, r1 1-2, r1 3-4',
    'w1 0-3, w2 1-4, r1 5-6',
    'w1 0-3, w2 1-4, r2 5-6',
    'w1 0-9, w2 1-8, r2 2-3, r1 4-5',
    'w1 0-Infinity, r0 1-2, r1 3-4',
    'w1 0-Infinity, r0 1-2',
    'r0 0-1',
    // A read that overlaps two writes, of which the later begins within the former (Lowe, fig. 1).
    'w1 0-10, w2 5-15, r2 6-20, r1 7-9',
  ])('could have answered %s', (history) => {
    expect(checkLinearizable(parse(history), register)).toMatchObject({ ok: true });
  });

  test.each([
    ['a read of what was never written', 'w1 0-1, r2 2-3'],
    ['a stale read', 'w1 0-1, r0 2-3'],
    ['a read that goes back', 'w1 0-9, r1 1-2, r0 3-4'],
    ['two reads that see two orders', 'w1 0-3, w2 1-4, r1 5-6, r2 7-8, r1 9-10'],
    ['a write seen before it was called', 'r1 0-1, w1 2-3'],
    ['a lost update', 'w1 0-1, w2 2-3, r1 4-5'],
  ])('could not: %s: %s', (_, history) => {
    expect(checkLinearizable(parse(history), register)).toMatchObject({ ok: false });
  });

  test('a history that is too tangled is not judged', () => {
    const writes = Array.from({ length: 20 }, (_, i) => `w${i} 0-100`).join(', ');
    expect(checkLinearizable(parse(`${writes}, r99 0-100`), register, 1_000)).toEqual({ ok: 'undecided' });
  });

  test('of many concurrent operations the search remembers what it has tried', () => {
    // 2^12 orders of the writes would be tried one by one.
    const writes = Array.from({ length: 12 }, (_, i) => `w${i % 2} 0-100`).join(', ');
    expect(checkLinearizable(parse(`${writes}, r7 50-60`), register)).toMatchObject({ ok: false });
  });
});

const entry = (value: string, modRevision: number, createRevision = modRevision): SeenEntry => ({
  value,
  createRevision,
  modRevision,
});
let clock = 0;
function operation(rest: Partial<Operation> & Pick<Operation, 'outcome'>): Operation {
  return { client: 1, key: 'k', calledAt: clock++, returnedAt: clock++, ...rest };
}
const create = (value: string, revision: number): Operation =>
  operation({ write: { expect: 'absent', value }, outcome: { type: 'written', revision } });
const update = (value: string | null, expect: number, revision: number): Operation =>
  operation({ write: { expect, value }, outcome: { type: 'written', revision } });
const read = (seen: SeenEntry | undefined): Operation =>
  operation({ outcome: { type: 'read', entry: seen } });
const refused = (value: string, expect: number | 'absent', current: SeenEntry | undefined): Operation =>
  operation({ write: { expect, value }, outcome: { type: 'refused', current } });
const put = (value: string, revision: number, createRevision = revision): SeenChange => ({
  type: 'put',
  key: 'k',
  value,
  revision,
  createRevision,
});
const removal = (revision: number, createRevision: number): SeenChange => ({
  ...put('', revision, createRevision),
  type: 'delete',
});

describe('a history of a store', () => {
  test('that is right', () => {
    const operations = [
      create('a', 2),
      read(entry('a', 2)),
      refused('x', 'absent', entry('a', 2)),
      update('b', 2, 3),
      read(entry('b', 3, 2)),
      update(null, 3, 4),
      read(undefined),
      create('c', 5),
      read(entry('c', 5)),
    ];
    const changes = [put('a', 2), put('b', 3, 2), removal(4, 2), put('c', 5)];
    expect(checkOperations({ operations, changes })).toEqual([]);
  });

  test('with a write of unknown outcome that happened, and one that did not', () => {
    const unknown = (value: string | null, expect: number | 'absent') =>
      operation({
        write: { expect, value },
        outcome: { type: 'unknown' },
        returnedAt: Number.POSITIVE_INFINITY,
      });
    const operations = [
      unknown('a', 'absent'),
      unknown('never', 'absent'),
      read(undefined),
      read(entry('a', 2)),
      unknown(null, 2),
      read(entry('a', 2)),
      read(undefined),
    ];
    expect(checkOperations({ operations, changes: [put('a', 2), removal(3, 2)] })).toEqual([]);
    // A read that saw it before it could have been.
    const early = [read(entry('a', 2)), ...operations];
    expect(checkOperations({ operations: early, changes: [put('a', 2), removal(3, 2)] })).not.toEqual([]);
  });

  const wrong: Record<string, () => { operations: Operation[]; changes: SeenChange[] }> = {
    'a stale read': () => ({
      operations: [create('a', 2), update('b', 2, 3), read(entry('a', 2))],
      changes: [put('a', 2), put('b', 3, 2)],
    }),
    'an acknowledged write that is lost (etcd #14370)': () => ({
      operations: [create('a', 2), read(undefined)],
      changes: [],
    }),
    'an acknowledged write that nobody ever saw': () => ({
      operations: [create('a', 2)],
      changes: [put('b', 2)],
    }),
    'two winners over one revision': () => ({
      operations: [create('a', 2), update('b', 2, 3), update('c', 2, 4)],
      changes: [put('a', 2), put('b', 3, 2), put('c', 4, 2)],
    }),
    'one revision for two writes': () => ({
      operations: [create('a', 2), { ...create('b', 2), key: 'other' }],
      changes: [put('a', 2)],
    }),
    'a revision that goes back in time': () => ({
      operations: [create('a', 5), { ...create('b', 4), key: 'other' }],
      changes: [put('a', 5), { ...put('b', 4), key: 'other' }],
    }),
    'a refusal although the expectation held': () => ({
      operations: [create('a', 2), refused('b', 2, entry('a', 2))],
      changes: [put('a', 2)],
    }),
    'a refusal that tells of another value': () => ({
      operations: [create('a', 2), refused('b', 'absent', entry('z', 2))],
      changes: [put('a', 2)],
    }),
    'a wrong create revision': () => ({
      operations: [create('a', 2), update('b', 2, 3), read(entry('b', 3, 3))],
      changes: [put('a', 2), put('b', 3, 2)],
    }),
    'a dirty read: of a write that was refused by the disk': () => ({
      operations: [
        operation({
          write: { expect: 'absent', value: 'a' },
          outcome: { type: 'unknown' },
          returnedAt: Number.POSITIVE_INFINITY,
        }),
        read(entry('a', 2)),
        read(undefined),
      ],
      changes: [],
    }),
  };
  test.each(Object.entries(wrong))('with %s is found', (_, make) => {
    expect(checkOperations(make())).not.toEqual([]);
  });
});
