import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from '@kubets/base';
import { describe, expect, test } from 'vitest';
import { isApiError } from '../../errors/api_error.ts';
import { typeOfKind } from '../../schema/find_type.ts';
import { recordedCases } from '../../testing/recorded_cases.ts';
import {
  decodeMessage,
  decodeUnknown,
  encodeMessage,
  encodeUnknown,
  encodeUnknownList,
  encodeWatchEvent,
  hasMessage,
  isEnvelope,
  openEnvelope,
  wrapMessage,
} from './kube_message.ts';

const folder = join(import.meta.dirname, '../../../../../../shared/upstream/objects');
const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.json')) : [];

describe.skipIf(!files.length)('every type of upstream with all fields set', () => {
  test.each(files)('%s', (file) => {
    const object = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    const bytes = new Uint8Array(readFileSync(join(folder, file.replace('.json', '.pb'))));
    // A watch event has no kind.
    const named = object.kind ? {} : { apiVersion: 'v1', kind: 'WatchEvent' };
    expect(hex(encodeObject(object))).toBe(hex(bytes));
    expect(decodeUnknown(bytes, named)).toEqual({ ...object, ...named });
  });
});

describe('objects in which little is set, as upstream writes them', () => {
  test.each(recordedCases(new URL('kube_message.jsonl', import.meta.url)))('$object', ({ object, pb }) => {
    expect(hex(encodeObject(object))).toBe(Buffer.from(pb, 'base64').toString('hex'));
  });
});

test('what was not set is not there after reading, what Go always writes in JSON is', () => {
  const bytes = encodeMessage('core.v1.Service', {
    metadata: { name: 'a' },
    spec: { ports: [{ port: 80 }] },
  });
  expect(decodeMessage('core.v1.Service', bytes)).toEqual({
    metadata: { name: 'a' },
    spec: { ports: [{ port: 80, targetPort: 0 }] },
    status: { loadBalancer: {} },
  });
});

test('pointers tell empty from absent', () => {
  const spec = { replicas: 0, paused: false };
  const read = decodeMessage('apps.v1.Deployment', encodeMessage('apps.v1.Deployment', { spec }));
  expect(read.spec.replicas).toBe(0);
  expect(read.spec.paused).toBeUndefined();
});

test('numbers to their limits', () => {
  for (const number of [
    0,
    1,
    127,
    128,
    16_384,
    2 ** 31,
    2 ** 35,
    2 ** 53 - 1,
    -1,
    -(2 ** 40),
    2n ** 53n,
    2n ** 63n - 1n,
    -(2n ** 63n),
  ]) {
    const bytes = encodeMessage('meta.v1.ObjectMeta', { generation: number });
    expect(decodeMessage('meta.v1.ObjectMeta', bytes).generation ?? 0).toBe(number);
  }
});

test('text of all lengths and alphabets', () => {
  for (const text of ['a', 'é', 'x'.repeat(47) + 'é', 'ü'.repeat(100), '😀'.repeat(50), 'x'.repeat(50_000)]) {
    const bytes = encodeMessage('meta.v1.ObjectMeta', { name: text, namespace: 'after' });
    expect(decodeMessage('meta.v1.ObjectMeta', bytes)).toEqual({ name: text, namespace: 'after' });
  }
});

test('lists and watch events join what was encoded before', () => {
  const items = ['a', 'b'].map((name) => ({ metadata: { name }, data: { k: name } }));
  const messages = items.map((item) => encodeMessage('core.v1.ConfigMap', item));
  const metadata = { resourceVersion: '5' };
  const list = { apiVersion: 'v1', kind: 'ConfigMapList', metadata, items };
  expect(hex(encodeUnknownList('v1', 'ConfigMapList', metadata, messages))).toBe(hex(encodeObject(list)));
  const wrapped = wrapMessage('v1', 'ConfigMap', messages[0]!);
  expect(hex(wrapped)).toBe(hex(encodeUnknown('v1', 'ConfigMap', 'core.v1.ConfigMap', items[0]!)));
  const event = openEnvelope(encodeWatchEvent('ADDED', wrapped));
  expect([event.apiVersion, event.kind]).toEqual(['', '']);
  expect(hex(event.raw)).toContain(hex(wrapped));
});

test('envelopes', () => {
  const bytes = encodeUnknown('v1', 'Pod', 'core.v1.Pod', {});
  expect(isEnvelope(bytes)).toBe(true);
  expect(isEnvelope(new Uint8Array([0x7b]))).toBe(false);
  expect(() => openEnvelope(new Uint8Array([1, 2, 3, 4]))).toThrow('expected prefix [107 56 115 0]');
  const unknown = wrapMessage('example.com/v1', 'Thing', new Uint8Array());
  expect(() => decodeUnknown(unknown)).toThrow('no kind "Thing" is registered for version "example.com/v1"');
  expect(hasMessage('core.v1.Pod')).toBe(true);
  expect(hasMessage('meta.v1.Table')).toBe(false);
});

describe('malformed bytes', () => {
  const whole = encodeMessage('core.v1.Pod', {
    metadata: { name: 'web', labels: { a: 'b' } },
    spec: { containers: [{ name: 'c', resources: { limits: { cpu: '1' } } }] },
  });

  test('a message that ends early', () => {
    for (let length = 1; length < whole.length; length++) attempt(whole.subarray(0, length));
  });

  test.each([1, 2, 3])('random changes never do more than refuse (seed %d)', (seed) => {
    const random = seededRandom(seed);
    for (let round = 0; round < 3000; round++) {
      const bytes = whole.slice();
      for (let i = 0; i < 3; i++)
        bytes[Math.floor(random.next() * bytes.length)] = Math.floor(random.next() * 256);
      attempt(bytes);
    }
  });

  test('text that is not UTF-8', () => {
    const bytes = encodeMessage('meta.v1.ObjectMeta', { name: 'abc' });
    bytes[bytes.indexOf(0x61)] = 0xff;
    expect(() => decodeMessage('meta.v1.ObjectMeta', bytes)).toThrow('proto: invalid UTF-8');
  });

  test('nesting without end', () => {
    let bytes = new Uint8Array();
    // JSONSchemaProps.not is field 26.
    for (let i = 0; i < 2000; i++) bytes = Uint8Array.from([0xd2, 0x01, ...varint(bytes.length), ...bytes]);
    expect(() => decodeMessage('apiextensions.v1.JSONSchemaProps', bytes)).toThrow('nested too deep');
  });

  test('keys that would change a prototype are dropped', () => {
    const bytes = encodeMessage('meta.v1.ObjectMeta', { labels: { aaaaaaaaa: 'x', b: 'y' } });
    bytes.set(new TextEncoder().encode('__proto__'), Buffer.from(bytes).indexOf('aaaaaaaaa'));
    const { labels } = decodeMessage('meta.v1.ObjectMeta', bytes);
    expect(Object.keys(labels)).toEqual(['b']);
  });

  function attempt(bytes: Uint8Array): void {
    try {
      decodeMessage('core.v1.Pod', bytes);
    } catch (error) {
      expect(isApiError(error) && error.code).toBe(400);
    }
  }
});

function encodeObject(object: any): Uint8Array {
  const { apiVersion = '', kind = '' } = object;
  const slash = apiVersion.indexOf('/');
  const group = apiVersion.slice(0, Math.max(0, slash));
  const type = kind ? typeOfKind(group, apiVersion.slice(slash + 1), kind)! : 'meta.v1.WatchEvent';
  return encodeUnknown(apiVersion, kind, type, object);
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >> 7)];
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
