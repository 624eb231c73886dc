import { decodeMessage, decodeUnknown, type KubeObject, openEnvelope, parseYaml } from '@kubets/api';
import { describe, expect, test } from 'vitest';
import { encodeValue, jsonHead, storedOf, withLineFeed } from '../cache/stored_entry.ts';
import type { ApiResult, ServerWatchEvent } from '../request.ts';
import {
  type Encoded,
  type EncodeOptions,
  encodeList,
  encodeObject,
  encodeWatch,
  negotiate,
  wantsPretty,
} from './index.ts';

const head = jsonHead('v1', 'ConfigMap');
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const joined = ({ head = new Uint8Array(), body }: Encoded) => text(head) + text(body);
const stored = (name: string, revision = 5) => {
  const object = { metadata: { name, namespace: 'd' }, data: { k: name } } as unknown as KubeObject;
  return storedOf(head, `/registry/configmaps/d/${name}`, revision, encodeValue(head, object));
};
const columns = [
  {
    name: 'Name',
    type: 'string' as const,
    format: 'name',
    description: 'Its name.',
    value: (each: any) => each.metadata.name,
  },
  { name: 'Wide', type: 'string' as const, description: 'More.', priority: 1, value: () => 'w' },
];
const options = (accept: string, more: Partial<EncodeOptions> = {}): EncodeOptions => ({
  form: negotiate(accept),
  includeObject: 'Metadata',
  pretty: false,
  nowMs: 0,
  ...more,
});
const list = (names: string[]): ApiResult & { type: 'list' } => ({
  type: 'list',
  status: 200,
  apiVersion: 'v1',
  kind: 'ConfigMapList',
  metadata: { resourceVersion: '9' },
  items: names.map((name) => stored(name)),
  itemTypeLength: head.typeLength,
  columns,
});

describe('negotiation', () => {
  test.each([
    ['', 'json object'],
    ['*/*', 'json object'],
    ['text/html,application/xhtml+xml,*/*;q=0.8', 'json object'],
    ['application/json', 'json object'],
    ['application/yaml', 'yaml object'],
    ['application/vnd.kubernetes.protobuf,application/json', 'protobuf object'],
    ['application/json;q=0.1,application/yaml', 'yaml object'],
    [
      'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json',
      'json Table',
    ],
    [
      'application/vnd.kubernetes.protobuf;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json',
      'protobuf PartialObjectMetadataList',
    ],
    ['application/json;as=Table;v=v9;g=meta.k8s.io,application/json', 'json object'],
    ['application/vnd.kubernetes.protobuf;as=Table;v=v1;g=meta.k8s.io,application/json', 'json object'],
  ])('%s', (accept, expected) => {
    const { mediaType, as } = negotiate(accept);
    expect(`${mediaType} ${as}`).toBe(expected);
  });

  test('what nobody can serve', () => {
    for (const accept of ['text/html', 'application/json;as=Nothing;g=x;v=v1'])
      expect(() => negotiate(accept)).toThrow(
        'only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf',
      );
  });

  test('pretty', () => {
    const none = new URLSearchParams();
    expect(wantsPretty(none, 'curl/8')).toBe(true);
    expect(wantsPretty(none, 'kubectl/v1.36')).toBe(false);
    expect(wantsPretty(new URLSearchParams('pretty=true'), undefined)).toBe(true);
    expect(wantsPretty(new URLSearchParams('pretty=0'), 'curl/8')).toBe(false);
  });
});

describe('objects', () => {
  const entry = stored('a');
  const result: ApiResult & { type: 'object' } = {
    type: 'object',
    status: 200,
    object: entry.object,
    stored: entry,
    columns,
  };

  test('are the kept bytes', () => {
    const { body } = encodeObject(result, options('application/json'));
    expect(body.buffer).toBe(entry.json.buffer);
    expect(text(body)).toBe(`${text(entry.json)}\n`);
  });

  test('end with a line feed, wherever their bytes are', () => {
    const kept = encodeValue(head, entry.object);
    for (const json of [kept, new Uint8Array([...kept, 0x7b]).subarray(0, kept.length)])
      expect(text(withLineFeed(json))).toBe(`${text(kept)}\n`);
  });

  test('in other forms', () => {
    const yaml = encodeObject(result, options('application/yaml'));
    expect(yaml.contentType).toBe('application/yaml');
    expect(parseYaml(text(yaml.body))).toEqual(entry.object);
    const protobuf = encodeObject(result, options('application/vnd.kubernetes.protobuf'));
    expect(decodeUnknown(protobuf.body)).toEqual(entry.object);
    expect(text(encodeObject(result, options('', { pretty: true })).body)).toContain(
      '\n  "kind": "ConfigMap"',
    );
  });

  test('as a table or as metadata', () => {
    const table = JSON.parse(
      text(encodeObject(result, options('application/json;as=Table;v=v1;g=meta.k8s.io')).body),
    );
    expect(table).toMatchObject({
      kind: 'Table',
      apiVersion: 'meta.k8s.io/v1',
      columnDefinitions: [
        { name: 'Name', type: 'string', format: 'name', description: 'Its name.', priority: 0 },
        { name: 'Wide', priority: 1 },
      ],
      rows: [{ cells: ['a', 'w'], object: { kind: 'PartialObjectMetadata', metadata: { name: 'a' } } }],
    });
    const partial = encodeObject(
      result,
      options('application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io'),
    );
    expect(JSON.parse(text(partial.body))).toEqual({
      kind: 'PartialObjectMetadata',
      apiVersion: 'meta.k8s.io/v1',
      metadata: entry.object.metadata,
    });
  });

  test('a Status is never a table', () => {
    const failure = { type: 'object', status: 404, object: { kind: 'Status', code: 404 } } as const;
    const { body } = encodeObject(failure, options('application/json;as=Table;v=v1;g=meta.k8s.io'));
    expect(JSON.parse(text(body)).kind).toBe('Status');
  });
});

describe('lists', () => {
  test('join the bytes of their items, which do not repeat their type', () => {
    expect(joined(encodeList(list(['a', 'b']), options('')))).toBe(
      '{"kind":"ConfigMapList","apiVersion":"v1","metadata":{"resourceVersion":"9"},"items":[' +
        '{"metadata":{"resourceVersion":"5","name":"a","namespace":"d"},"data":{"k":"a"}},' +
        '{"metadata":{"resourceVersion":"5","name":"b","namespace":"d"},"data":{"k":"b"}}]}\n',
    );
    expect(JSON.parse(joined(encodeList(list([]), options('')))).items).toEqual([]);
  });

  test('in protobuf', () => {
    const { body } = encodeList(list(['a', 'b']), options('application/vnd.kubernetes.protobuf'));
    const { items, metadata } = decodeUnknown(body);
    expect(items.map((each: any) => each.data.k)).toEqual(['a', 'b']);
    expect(metadata.resourceVersion).toBe('9');
  });

  test('as metadata and as tables with or without objects', () => {
    const partial = encodeList(
      list(['a']),
      options('application/vnd.kubernetes.protobuf;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1'),
    );
    expect(decodeUnknown(partial.body)).toMatchObject({
      kind: 'PartialObjectMetadataList',
      items: [{ metadata: { name: 'a' } }],
    });
    const table = (includeObject: 'None' | 'Object') =>
      JSON.parse(
        text(
          encodeList(
            list(['a']),
            options('application/json;as=Table;v=v1beta1;g=meta.k8s.io', { includeObject }),
          ).body,
        ),
      );
    expect(table('None')).toMatchObject({ apiVersion: 'meta.k8s.io/v1beta1', rows: [{ object: null }] });
    expect(table('Object').rows[0].object.data).toEqual({ k: 'a' });
  });
});

describe('watches', () => {
  const watch = {
    type: 'watch',
    status: 200,
    apiVersion: 'v1',
    kind: 'ConfigMap',
    events: (async function* () {})(),
    columns,
  } as const;
  const event: ServerWatchEvent = { type: 'ADDED', stored: stored('a') };

  test('one frame serves all watchers of a media type', () => {
    const one = encodeWatch(watch, options(''), () => 0);
    const two = encodeWatch(watch, options('application/json'), () => 0);
    expect(one.frame(event)).toBe(two.frame(event));
    expect(text(one.frame(event))).toBe(`{"type":"ADDED","object":${text(event.stored!.json)}}\n`);
  });

  test('protobuf frames: a length, a bare WatchEvent, in it the object in its envelope', () => {
    const { contentType, frame } = encodeWatch(
      watch,
      options('application/vnd.kubernetes.protobuf'),
      () => 0,
    );
    expect(contentType).toBe('application/vnd.kubernetes.protobuf;stream=watch');
    const bytes = frame(event);
    const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
    expect(bytes.length).toBe(length + 4);
    const message = bytes.subarray(4);
    expect([...message.subarray(0, 7)]).toEqual([0x0a, 5, ...new TextEncoder().encode('ADDED')]);
    const magic = new TextEncoder().encode('k8s\0');
    const at = message.findIndex((_, i) => magic.every((byte, j) => message[i + j] === byte));
    const { kind, raw } = openEnvelope(message.subarray(at));
    expect(kind).toBe('ConfigMap');
    expect(decodeMessage('core.v1.ConfigMap', raw).data).toEqual({ k: 'a' });
  });

  test('bookmarks and errors in both', () => {
    const bookmark: ServerWatchEvent = {
      type: 'BOOKMARK',
      object: { kind: 'ConfigMap', apiVersion: 'v1', metadata: { resourceVersion: '7' } },
    };
    expect(text(encodeWatch(watch, options(''), () => 0).frame(bookmark))).toContain('"type":"BOOKMARK"');
    const failure: ServerWatchEvent = {
      type: 'ERROR',
      object: { kind: 'Status', apiVersion: 'v1', code: 410 },
    };
    const { frame } = encodeWatch(watch, options('application/vnd.kubernetes.protobuf'), () => 0);
    expect(frame(failure).length).toBeGreaterThan(20);
    expect(frame(bookmark).length).toBeGreaterThan(20);
  });

  test('tables tell their columns once', () => {
    const { frame } = encodeWatch(watch, options('application/json;as=Table;v=v1;g=meta.k8s.io'), () => 0);
    const first = JSON.parse(text(frame(event))).object;
    const second = JSON.parse(text(frame(event))).object;
    expect(first.columnDefinitions).toHaveLength(2);
    expect(second.columnDefinitions).toBeNull();
    expect(second.rows[0].cells).toEqual(['a', 'w']);
  });
});

describe('forms that do not fit', () => {
  const refusal = (make: () => unknown): any => {
    try {
      make();
    } catch (error) {
      return (error as any).status;
    }
    return undefined;
  };
  const as = (form: string) => options(`application/json;as=${form};v=v1;g=meta.k8s.io`);

  test('an object for a list, a list for an object', () => {
    expect(refusal(() => encodeList(list(['a']), as('PartialObjectMetadata')))).toMatchObject({
      code: 406,
      message:
        'you requested PartialObjectMetadata, but the requested object is a list (*core.ConfigMapList)',
    });
    const one = stored('a');
    const answer = { type: 'object' as const, status: 200, object: one.object, stored: one, columns };
    expect(refusal(() => encodeObject(answer, as('PartialObjectMetadataList')))).toMatchObject({
      code: 406,
      message:
        'you requested PartialObjectMetadataList, but the requested object is not a list (*core.ConfigMap)',
    });
  });

  test('a row with something else than is known', () => {
    const table = { ...as('Table'), includeObject: 'x' };
    expect(refusal(() => encodeList(list([]), table))).toMatchObject({
      code: 400,
      message:
        "Unable to convert to Table as requested: includeObject: Invalid value: \"x\": must be 'Metadata', 'Object', 'None', or empty",
    });
  });
});

test('items of a list in YAML leave out their type, as in JSON', () => {
  const { body } = encodeList(list(['a']), options('application/yaml'));
  const [item] = (parseYaml(text(body)) as any).items;
  expect(item).toMatchObject({ metadata: { name: 'a' } });
  expect(item).not.toHaveProperty('kind');
});
