// Answers with a list: bytes of entries joined, not encoded again.
import { encodeUnknownList, type KubeObject, notAcceptable } from '@kubets/api';
import type { ApiResult, Stored } from '../request.ts';
import {
  columnsOf,
  type Encoded,
  type EncodeOptions,
  encodeAs,
  goTypeOf,
  messageTypeOf,
  storedMessage,
} from './encode_object.ts';
import { contentTypes } from './negotiate.ts';
import { partialOf, tableOf } from './table.ts';

type ListResult = ApiResult & { type: 'list' };

const encoder = new TextEncoder();

export function encodeList(result: ListResult, options: EncodeOptions): Encoded {
  const { form, pretty } = options;
  if (form.as === 'Table')
    return encodeAs(
      tableOf(objectsOf(result.items), columnsOf(result), result.metadata, {
        ...options,
        version: form.version,
      }),
      form,
      pretty,
    );
  if (form.as !== 'object') return encodePartialList(result, options);
  if (form.mediaType === 'json' && !pretty) {
    const { kept } = result;
    const body = kept ? kept.body('json', () => joinJson(result)) : joinJson(result);
    return { contentType: contentTypes.json, head: jsonHead(result), body };
  }
  if (form.mediaType === 'protobuf') {
    const body = joinMessages(result);
    if (body) return { contentType: contentTypes.protobuf, body };
  }
  return encodeAs(listObject(result), form, pretty);
}

function jsonHead({ kind, apiVersion, metadata }: ListResult): Uint8Array {
  return encoder.encode(
    `{"kind":${JSON.stringify(kind)},"apiVersion":${JSON.stringify(apiVersion)},"metadata":${JSON.stringify(metadata)},"items":[`,
  );
}

/** What follows the head: it doesn't change while the items don't, whatever else happens. */
function joinJson({ items, itemTypeLength }: ListResult): Uint8Array {
  // Each item gives up its type and gets its brace back; commas between, two brackets and a line feed at the end.
  let length = Math.max(0, items.length - 1) + 3;
  for (const item of items) length += item.json.length - itemTypeLength + 1;
  const body = new Uint8Array(length);
  let at = 0;
  for (let i = 0; i < items.length; i++) {
    if (i > 0) body[at++] = 0x2c;
    body[at++] = 0x7b;
    const item = items[i]!.json.subarray(itemTypeLength);
    body.set(item, at);
    at += item.length;
  }
  body[at++] = 0x5d;
  body[at++] = 0x7d;
  body[at] = 0x0a;
  return body;
}

function joinMessages({ kind, apiVersion, metadata, items }: ListResult): Uint8Array | undefined {
  if (!messageTypeOf(apiVersion, kind)) return undefined;
  const messages: Uint8Array[] = [];
  for (const item of items) {
    const message = storedMessage(item);
    if (!message) return undefined;
    messages.push(message);
  }
  return encodeUnknownList(apiVersion, kind, metadata, messages);
}

function encodePartialList(result: ListResult, { form, pretty }: EncodeOptions): Encoded {
  if (form.as === 'PartialObjectMetadata')
    throw notAcceptable(
      `you requested PartialObjectMetadata, but the requested object is a list (${goTypeOf(result)})`,
    );
  const list = {
    kind: 'PartialObjectMetadataList',
    apiVersion: `meta.k8s.io/${form.version}`,
    metadata: result.metadata,
    items: Array.from(objectsOf(result.items), (object) => partialOf(object, form.version)),
  };
  return encodeAs(list, form, pretty);
}

function listObject({ kind, apiVersion, metadata, items, itemTypeLength }: ListResult): object {
  const objects = [...objectsOf(items)];
  if (itemTypeLength <= 1) return { kind, apiVersion, metadata, items: objects };
  const untyped = objects.map(({ kind: _kind, apiVersion: _apiVersion, ...rest }) => rest);
  return { kind, apiVersion, metadata, items: untyped };
}

function* objectsOf(items: readonly Stored[]): Generator<KubeObject> {
  for (const item of items) yield item.object;
}
