import { expect, test } from 'vitest';
import { KeptBytes, KeptLists } from './kept_lists.ts';

const selection = { items: [], remaining: undefined };
const bytes = (length: number) => () => new Uint8Array(length);

test('a list and its bytes are made once until something changes', async () => {
  const lists = new KeptLists(new KeptBytes(100));
  const first = lists.get('all', () => selection);
  const body = first.body('json', bytes(10));
  expect(lists.get('all', () => ({ ...selection }))).toBe(first);
  expect(first.body('json', bytes(10))).toBe(body);
  expect(first.body('protobuf', bytes(5))).toHaveLength(5);
  const packed = first.packed(body, async () => new Uint8Array(3));
  expect(first.packed(body, async () => new Uint8Array(4))).toBe(packed);
  lists.clear();
  expect(lists.get('all', () => selection)).not.toBe(first);
});

test('what is kept has a bound; the oldest goes first', async () => {
  const budget = new KeptBytes(100);
  const lists = new KeptLists(budget);
  const a = lists.get('a', () => selection);
  const b = lists.get('b', () => selection);
  const body = a.body('json', bytes(40));
  b.body('json', bytes(40));
  expect(a.body('json', bytes(40))).toBe(body);
  lists.get('c', () => selection).body('json', bytes(40));
  expect(budget.held).toBe(80);
  expect(a.body('json', bytes(40))).toBe(body);
  // More than half of all is not kept at all.
  expect(lists.get('d', () => selection).body('json', bytes(51))).toHaveLength(51);
  expect(budget.held).toBe(80);
  const c = lists.get('c', () => selection);
  await c.packed(c.body('json', bytes(40)), async () => new Uint8Array(8));
  await Promise.resolve();
  expect(budget.held).toBe(88);
  // Nobody will ask for what is packed of a body that isn't kept.
  await c.packed(new Uint8Array(51), async () => new Uint8Array(8));
  await Promise.resolve();
  expect(budget.held).toBe(88);
  lists.clear();
  expect(budget.held).toBe(0);
});

test('bytes that come after a change are not held', async () => {
  const budget = new KeptBytes(100);
  const lists = new KeptLists(budget);
  const list = lists.get('a', () => selection);
  const body = list.body('json', bytes(10));
  const packed = list.packed(body, async () => new Uint8Array(5));
  lists.clear();
  expect(await packed).toHaveLength(5);
  list.body('json', bytes(10));
  expect(budget.held).toBe(0);
});
