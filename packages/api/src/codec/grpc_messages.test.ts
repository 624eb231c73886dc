import protobuf from 'protobufjs/light.js';
import { describe, expect, test } from 'vitest';
import { messages as cri, services } from '../generated/cri.ts';
import { messages as etcd } from '../generated/etcd.ts';
import { messages as podresources } from '../generated/podresources.ts';
import { makeMessageCodec } from './grpc_messages.ts';

test('what goes in comes out; zero values are left out', () => {
  const codec = makeMessageCodec(cri);
  const request = {
    podSandboxId: 'abc',
    config: {
      metadata: { name: 'web', attempt: 3 },
      image: { image: 'nginx' },
      command: ['a', ''],
      envs: [{ key: 'A', value: new TextEncoder().encode('b') }],
      labels: { x: 'y', empty: '' },
      tty: true,
      stdin: false,
      linux: { resources: { cpuShares: 1024, oomScoreAdj: -997, memoryLimitInBytes: 2 ** 40 } },
    },
  };
  const bytes = codec.encode('CreateContainerRequest', request);
  const { stdin: _, ...config } = request.config;
  expect(codec.decode('CreateContainerRequest', bytes)).toEqual({ ...request, config });
});

describe('against another implementation', () => {
  const definition: any = {
    nested: {
      Inner: { fields: { id: { type: 'uint64', id: 1 } } },
      All: {
        oneofs: { _maybe: { oneof: ['maybe'] } },
        fields: {
          text: { type: 'string', id: 1 },
          small: { type: 'int32', id: 2 },
          big: { type: 'int64', id: 3 },
          unsigned: { type: 'uint32', id: 4 },
          yes: { type: 'bool', id: 5 },
          ratio: { type: 'double', id: 6 },
          less: { type: 'float', id: 7 },
          data: { type: 'bytes', id: 8 },
          inner: { type: 'Inner', id: 9 },
          numbers: { rule: 'repeated', type: 'int32', id: 10 },
          texts: { rule: 'repeated', type: 'string', id: 11 },
          inners: { rule: 'repeated', type: 'Inner', id: 12 },
          map: { keyType: 'string', type: 'Inner', id: 13 },
          maybe: { type: 'string', id: 20 },
        },
      },
    },
  };
  const other = protobuf.Root.fromJSON(definition).lookupType('All');
  const codec = makeMessageCodec({
    Inner: { fields: { id: { n: 1, type: 'uint64' } } },
    All: {
      fields: {
        text: { n: 1, type: 'string' },
        small: { n: 2, type: 'int32' },
        big: { n: 3, type: 'int64' },
        unsigned: { n: 4, type: 'uint32' },
        yes: { n: 5, type: 'bool' },
        ratio: { n: 6, type: 'double' },
        less: { n: 7, type: 'float' },
        data: { n: 8, type: 'bytes' },
        inner: { n: 9, type: 'Inner' },
        numbers: { n: 10, type: 'int32', list: 'atomic' },
        texts: { n: 11, type: 'string', list: 'atomic' },
        inners: { n: 12, type: 'Inner', list: 'atomic' },
        map: { n: 13, type: 'Inner', map: true },
        maybe: { n: 20, type: 'string', ptr: true },
      },
    },
  });

  test.each<[string, Record<string, unknown>]>([
    ['nothing', {}],
    [
      'scalars',
      { text: 'grüße', small: -5, big: -(2 ** 45), unsigned: 2 ** 32 - 1, yes: true, ratio: 1.5, less: 0.25 },
    ],
    ['bytes and messages', { data: Uint8Array.of(0, 255), inner: { id: 2 ** 40 }, inners: [{}, { id: 1 }] }],
    ['lists', { numbers: [0, -1, 300], texts: ['', 'a'] }],
    ['maps', { map: { a: { id: 1 }, b: {} } }],
    ['an optional field that is empty', { maybe: '' }],
  ])('%s', (_name, value) => {
    const bytes = codec.encode('All', value);
    const theirs = other.encode(other.fromObject(value)).finish();
    expect(codec.decode('All', bytes)).toEqual(value);
    expect(codec.decode('All', theirs)).toEqual(value);
    expect(plain(other.toObject(other.decode(bytes), { longs: Number }))).toEqual(value);
  });

  test('lists that are not packed, and fields that nobody knows', () => {
    const unpacked = Uint8Array.of(
      0x50,
      1,
      0x50,
      2,
      0xf8,
      0x06,
      7,
      0xfa,
      0x06,
      1,
      65,
      0xfd,
      0x06,
      1,
      2,
      3,
      4,
    );
    expect(codec.decode('All', unpacked)).toEqual({ numbers: [1, 2] });
  });

  test('text for bytes is UTF-8', () => {
    expect(codec.decode('All', codec.encode('All', { data: 'é' }))).toEqual({
      data: Uint8Array.of(0xc3, 0xa9),
    });
  });

  test('a wrong wire type is refused', () => {
    expect(() => codec.decode('All', Uint8Array.of(0x08, 1))).toThrow('wrong wireType = 0 for field text');
  });
});

test('one of several fields is written even when it is empty', () => {
  const codec = makeMessageCodec(etcd);
  const compare = { target: 0, result: 0, key: Uint8Array.of(1), createRevision: 0 };
  const read = codec.decode('Compare', codec.encode('Compare', compare));
  expect(read).toEqual({ key: Uint8Array.of(1), createRevision: 0 });
});

test('every message of the tables compiles', () => {
  for (const table of [cri, etcd, podresources]) {
    const codec = makeMessageCodec(table);
    for (const name of Object.keys(table)) expect(codec.decode(name, codec.encode(name, {}))).toEqual({});
  }
  expect(services['runtime.v1.RuntimeService']!['RunPodSandbox']!.request).toBe('RunPodSandboxRequest');
});

test('a message that is not in the table is a bug of the caller', () => {
  expect(() => makeMessageCodec(cri).encode('constructor', {})).toThrow('no protobuf message');
});

// The other implementation gives Buffers.
function plain(object: Record<string, any>): Record<string, any> {
  return object['data'] ? { ...object, data: new Uint8Array(object['data']) } : object;
}

test('identities of 64 bits come back as they were, where the codec is exact', () => {
  const table = { Id: { fields: { id: { n: 1, type: 'uint64' } } } } as const;
  const bytes = makeMessageCodec(table as never, { exact: true }).encode('Id', { id: 17916284774322897003n });
  expect(makeMessageCodec(table as never, { exact: true }).decode('Id', bytes)).toEqual({
    id: 17916284774322897003n,
  });
  expect(makeMessageCodec(table as never).decode('Id', bytes)).toEqual({ id: Number(17916284774322897003n) });
});
