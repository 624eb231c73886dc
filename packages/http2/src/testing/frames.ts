// For tests: frames as bytes, and as lines of text.
import { errorCode, flag, frameHeaderLength, frameType, read31 } from '../protocol.ts';

export function frame(
  type: number,
  flags: number,
  streamId: number,
  payload: Uint8Array | string = '',
): Uint8Array {
  const content = typeof payload === 'string' ? bytesOf(payload) : payload;
  const { length } = content;
  return joined([Uint8Array.of(length >>> 16, length >>> 8, length, type, flags), uint32(streamId), content]);
}

export function uint32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

export function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Fields as literals that nobody remembers. */
export function headerBlock(fields: readonly (readonly [string, string])[]): Uint8Array {
  return joined(fields.map(([name, value]) => joined([Uint8Array.of(0), stringOf(name), stringOf(value)])));
}

function stringOf(text: string): Uint8Array {
  const { length } = text;
  if (length < 127) return joined([Uint8Array.of(length), bytesOf(text)]);
  const rest: number[] = [127];
  let left = length - 127;
  for (; left >= 128; left >>>= 7) rest.push((left & 127) | 128);
  return joined([Uint8Array.from([...rest, left]), bytesOf(text)]);
}

export const getFields = [
  [':method', 'GET'],
  [':scheme', 'https'],
  [':authority', 'test'],
  [':path', '/'],
] as const;
export const postFields = [[':method', 'POST'], ...getFields.slice(1)] as const;

/** A whole request without a body. */
export function get(streamId: number, more: readonly (readonly [string, string])[] = []): Uint8Array {
  return frame(
    frameType.headers,
    flag.endHeaders | flag.endStream,
    streamId,
    headerBlock([...getFields, ...more]),
  );
}

/** The beginning of one with a body. */
export function post(streamId: number, more: readonly (readonly [string, string])[] = []): Uint8Array {
  return frame(frameType.headers, flag.endHeaders, streamId, headerBlock([...postFields, ...more]));
}

export function data(streamId: number, content: Uint8Array | string, flags = 0): Uint8Array {
  return frame(frameType.data, flags, streamId, content);
}

export function windowUpdate(streamId: number, by: number): Uint8Array {
  return frame(frameType.windowUpdate, 0, streamId, uint32(by));
}

export function rstStream(streamId: number, code: number): Uint8Array {
  return frame(frameType.rstStream, 0, streamId, uint32(code));
}

export function settings(...pairs: (readonly [number, number])[]): Uint8Array {
  return frame(
    frameType.settings,
    0,
    0,
    joined(pairs.map(([id, value]) => joined([Uint8Array.of(id >>> 8, id), uint32(value)]))),
  );
}

export interface ReadFrame {
  type: number;
  flags: number;
  streamId: number;
  payload: Uint8Array;
}

export function readFrames(bytes: Uint8Array): ReadFrame[] {
  const frames: ReadFrame[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
    const end = at + frameHeaderLength + length;
    frames.push({
      type: bytes[at + 3]!,
      flags: bytes[at + 4]!,
      streamId: read31(bytes, at + 5),
      payload: bytes.subarray(at + frameHeaderLength, end),
    });
    at = end;
  }
  return frames;
}

/** `DATA 1 12 END_STREAM`, `RST_STREAM 3 CANCEL`, `GOAWAY 5 NO_ERROR`. */
export function describeFrame({ type, flags, streamId, payload }: ReadFrame): string {
  const name = nameOf(frameType, type);
  const end = flags & flag.endStream;
  switch (type) {
    case frameType.data:
      return `${name} ${streamId} ${payload.length}${end ? ' END_STREAM' : ''}`;
    case frameType.headers:
      return `${name} ${streamId}${end ? ' END_STREAM' : ''}`;
    case frameType.rstStream:
      return `${name} ${streamId} ${nameOf(errorCode, read31(payload, 0))}`;
    case frameType.goaway:
      return `${name} ${read31(payload, 0)} ${nameOf(errorCode, read31(payload, 4))}`;
    case frameType.windowUpdate:
      return `${name} ${streamId} ${read31(payload, 0)}`;
    case frameType.settings:
    case frameType.ping:
      return flags & flag.ack ? `${name} ACK` : name;
    default:
      return `${name} ${streamId}`;
  }
}

function nameOf(names: Readonly<Record<string, number>>, value: number): string {
  const name = Object.keys(names).find((each) => names[each] === value) ?? String(value);
  return name.replace(/[A-Z]/g, '_$&').toUpperCase();
}
