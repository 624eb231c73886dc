import { describe, expect, test } from 'vitest';
import { HpackDecoder } from './decoder.ts';
import { HpackEncoder } from './encoder.ts';
import type { HeaderField } from './static_table.ts';

const treatment = new Map<string, 'index' | 'omit'>([
  ['content-type', 'index'],
  ['date', 'index'],
  ['connection', 'omit'],
]);

function pair(decoderTableSize?: number) {
  const encoder = new HpackEncoder({ treatment });
  const decoder = new HpackDecoder({
    makeField: (name, value) => ({ name, value }),
    maxTableSize: decoderTableSize,
  });
  let length = 0;
  return {
    encoder,
    length: () => length,
    send(status: number, headers: Record<string, string | number | string[]>): string[] {
      const block = encoder.encode(status, headers);
      length = block.length;
      const fields: HeaderField[] = [];
      decoder.decode(block.slice(), { add: (field) => fields.push(field) });
      return fields.map(({ name, value }) => `${name}: ${value}`);
    },
  };
}

describe('what is encoded is decoded', () => {
  test('statuses, names with capitals, numbers, several values', () => {
    const { send } = pair();
    expect(send(200, { 'Content-Type': 'text/plain', 'content-length': 12 })).toEqual([
      ':status: 200',
      'content-type: text/plain',
      'content-length: 12',
    ]);
    expect(send(409, { warning: ['a', 'b'], 'x-own': 'é' })).toEqual([
      ':status: 409',
      'warning: a',
      'warning: b',
      'x-own: é',
    ]);
  });

  test('what is of a connection is left out; line breaks are no more', () => {
    expect(pair().send(200, { connection: 'close', warning: 'a\r\nb\0c' })).toEqual([
      ':status: 200',
      'warning: a b c',
    ]);
  });

  test('long values', () => {
    const value = 'x'.repeat(20_000);
    expect(pair().send(200, { warning: value })[1]).toBe(`warning: ${value}`);
  });
});

describe('the table', () => {
  test('is told a field once', () => {
    const { send, length } = pair();
    send(200, { 'content-type': 'application/json' });
    const before = length();
    expect(send(200, { 'content-type': 'application/json' })[1]).toBe('content-type: application/json');
    expect(before).toBeGreaterThan(15);
    expect(length()).toBe(2);
  });

  test('forgets the oldest, which is then told again', () => {
    const { send } = pair();
    for (let second = 0; second < 500; second++) {
      const headers = { date: `Mon, 21 Oct 2013 20:13:${second} GMT`, 'content-type': 'application/json' };
      expect(send(200, headers)).toEqual([
        ':status: 200',
        `date: ${headers.date}`,
        'content-type: application/json',
      ]);
    }
  });

  test('is as small as the peer wants', () => {
    const { encoder, send, length } = pair(0);
    encoder.allow(0);
    for (let i = 0; i < 3; i++)
      expect(send(200, { 'content-type': 'application/json' })).toContain('content-type: application/json');
    expect(length()).toBeGreaterThan(15);
  });

  test('tells the least of several sizes, and the last', () => {
    const { encoder, send } = pair();
    send(200, { 'content-type': 'application/json' });
    encoder.allow(0);
    encoder.allow(100);
    encoder.allow(1_000_000);
    const block = encoder.encode(200, { 'content-type': 'application/json' });
    // 0, then 4096, then the status and a literal: what was known has been forgotten.
    expect([...block.subarray(0, 5)]).toEqual([0x20, 0x3f, 0xe1, 0x1f, 0x88]);
    expect(block.length).toBeGreaterThan(15);
  });

  test('fields that are larger than it do no harm', () => {
    const { send } = pair();
    const large = 'x'.repeat(5_000);
    for (let i = 0; i < 3; i++)
      expect(send(200, { 'content-type': large, date: 'now' })).toEqual([
        ':status: 200',
        `content-type: ${large}`,
        'date: now',
      ]);
  });
});
