import { describe, expect, test } from 'vitest';
import { HpackDecoder } from './decoder.ts';
import type { HeaderField } from './static_table.ts';

const hex = (text: string) => Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

function reader(maxTableSize?: number): (block: string) => string[] {
  const decoder = new HpackDecoder({ makeField: (name, value) => ({ name, value }), maxTableSize });
  return (block) => {
    const fields: HeaderField[] = [];
    decoder.decode(hex(block), { add: (field) => fields.push(field) });
    return fields.map(({ name, value }) => `${name}: ${value}`);
  };
}

const first = [':method: GET', ':scheme: http', ':path: /', ':authority: www.example.com'];

describe('the examples of RFC 7541', () => {
  test.each([
    ['C.2.1', '400a637573746f6d2d6b65790d637573746f6d2d686561646572', ['custom-key: custom-header']],
    ['C.2.2', '040c2f73616d706c652f70617468', [':path: /sample/path']],
    ['C.2.3', '100870617373776f726406736563726574', ['password: secret']],
    ['C.2.4', '82', [':method: GET']],
  ])('%s', (_, block, fields) => {
    expect(reader()(block)).toEqual(fields);
  });

  test('C.3: requests, one after the other', () => {
    const read = reader();
    expect(read('828684410f7777772e6578616d706c652e636f6d')).toEqual(first);
    expect(read('828684be58086e6f2d6361636865')).toEqual([...first, 'cache-control: no-cache']);
    expect(read('828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565')).toEqual([
      ':method: GET',
      ':scheme: https',
      ':path: /index.html',
      ':authority: www.example.com',
      'custom-key: custom-value',
    ]);
  });

  test('C.4: the same with the Huffman code', () => {
    const read = reader();
    expect(read('828684418cf1e3c2e5f23a6ba0ab90f4ff')).toEqual(first);
    expect(read('828684be5886a8eb10649cbf')).toEqual([...first, 'cache-control: no-cache']);
    expect(read('828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf').at(-1)).toBe('custom-key: custom-value');
  });

  test('C.5: a table of 256 bytes evicts', () => {
    const read = reader(256);
    const answer = [
      'cache-control: private',
      'date: Mon, 21 Oct 2013 20:13:21 GMT',
      'location: https://www.example.com',
    ];
    expect(
      read(
        '4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d546e1768747470733a2f2f7777772e6578616d706c652e636f6d',
      ),
    ).toEqual([':status: 302', ...answer]);
    expect(read('4803333037c1c0bf')).toEqual([':status: 307', ...answer]);
  });
});

test('the size of the table may change before the first field', () => {
  const read = reader();
  read('400a637573746f6d2d6b65790d637573746f6d2d686561646572');
  expect(read('20')).toEqual([]);
  expect(() => read('be')).toThrow('no field has this index');
});

describe('refused', () => {
  test.each([
    ['index 0', '80'],
    ['an index past the table', 'be'],
    ['a name by an index past the table', '7f0000'],
    ['a string past the end', '000a61'],
    ['a field without a value', '000161'],
    ['a table larger than allowed', '3fe21f'],
    ['a change of the size behind a field', '8220'],
    ['an integer that goes on and on', 'ffffffffffffffff'],
  ])('%s', (_, block) => {
    expect(() => reader()(block)).toThrow();
  });
});
