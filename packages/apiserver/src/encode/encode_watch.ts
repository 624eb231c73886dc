// Watch events as frames. One frame serves every watcher of a media type.
import { encodeUnknown, type KubeObject, wrapMessage } from '@kubets/api';
import type { ApiResult, ServerWatchEvent } from '../request.ts';
import { columnsOf, type EncodeOptions, encodeAs, messageTypeOf, storedMessage } from './encode_object.ts';
import { contentTypes } from './negotiate.ts';
import { RecentBytes } from './recent_bytes.ts';
import { checkIncludeObject, partialOf, tableOf } from './table.ts';

type WatchResult = ApiResult & { type: 'watch' };

export interface WatchEncoding {
  contentType: string;
  frame(event: ServerWatchEvent): Uint8Array;
}

const encoder = new TextEncoder();
/** Of the frames that are kept: more than one turn of the loop brings. Those that lag have theirs made again. */
const maxFrameBytes = 512 * 1024;
const jsonFrames = new RecentBytes(maxFrameBytes, jsonFrame);
const protobufFrames = new RecentBytes(maxFrameBytes, protobufFrame);

export function encodeWatch(result: WatchResult, options: EncodeOptions, now: () => number): WatchEncoding {
  const { form } = options;
  const protobuf = form.mediaType === 'protobuf';
  const contentType = protobuf ? `${contentTypes.protobuf};stream=watch` : contentTypes.json;
  if (form.as === 'object') {
    const frames = protobuf ? protobufFrames : jsonFrames;
    return { contentType, frame: (event) => frames.get(event) };
  }
  if (form.as === 'Table') checkIncludeObject(options.includeObject);
  let first = true;
  return {
    contentType,
    frame(event) {
      const object = (event.stored?.object ?? event.object) as KubeObject;
      if (event.type === 'ERROR') return protobuf ? protobufFrame(event) : jsonFrame(event);
      let shown: object;
      if (form.as === 'Table') {
        const { resourceVersion } = object.metadata;
        shown = tableOf(
          [object],
          columnsOf(result),
          { resourceVersion },
          {
            ...options,
            version: form.version,
            nowMs: now(),
            withoutColumns: !first,
          },
        );
        first = false;
      } else shown = partialOf(object, form.version);
      return protobuf
        ? delimited(event.type, encodeAs(shown, form, false).body)
        : encoder.encode(`${JSON.stringify({ type: event.type, object: shown })}\n`);
    },
  };
}

const jsonTail = encoder.encode('}\n');

function jsonFrame(event: ServerWatchEvent): Uint8Array {
  const head = encoder.encode(`{"type":"${event.type}","object":`);
  const json = event.stored ? event.stored.json : encoder.encode(JSON.stringify(event.object));
  const frame = new Uint8Array(head.length + json.length + jsonTail.length);
  frame.set(head, 0);
  frame.set(json, head.length);
  frame.set(jsonTail, head.length + json.length);
  return frame;
}

function protobufFrame(event: ServerWatchEvent): Uint8Array {
  return delimited(event.type, envelopeOf(event));
}

function envelopeOf({ stored, object }: ServerWatchEvent): Uint8Array {
  if (stored) {
    const message = storedMessage(stored);
    if (message) return wrapMessage(stored.object.apiVersion, stored.object.kind, message);
    return stored.json;
  }
  const { apiVersion, kind } = object as KubeObject;
  const type = messageTypeOf(apiVersion, kind);
  return type ? encodeUnknown(apiVersion, kind, type, object!) : encoder.encode(JSON.stringify(object));
}

/**
 * A frame of a protobuf watch: four bytes of length, then a bare meta.v1.WatchEvent { type = 1; RawExtension object
 * = 2 { raw = 1 } }, whose raw bytes are the object in its envelope (apimachinery: LengthDelimitedFramer, RawSerializer).
 */
function delimited(type: string, object: Uint8Array): Uint8Array {
  const name = encoder.encode(type);
  const raw = concat([0x0a, ...varint(object.length)], object);
  const message = concat([0x0a, ...varint(name.length), ...name, 0x12, ...varint(raw.length)], raw);
  const { length } = message;
  return concat([length >>> 24, (length >>> 16) & 0xff, (length >>> 8) & 0xff, length & 0xff], message);
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  bytes.push(rest);
  return bytes;
}

function concat(head: readonly number[], tail: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(head.length + tail.length);
  bytes.set(head, 0);
  bytes.set(tail, head.length);
  return bytes;
}
