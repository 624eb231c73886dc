// Kubernetes objects as `application/vnd.kubernetes.protobuf`: the magic `k8s\0`, then a runtime.Unknown with
// the object's kind and its message.

import { badRequest } from '../../errors/make_error.ts';
import { goQuote } from '../../go_quote.ts';
import { splitApiVersion } from '../../object.ts';
import { typeOfKind, typeSchema } from '../../schema/find_type.ts';
import { readMessage } from './decode_message.ts';
import { writeMessage } from './encode_message.ts';
import { PlanSet } from './message_plan.ts';
import { malformed, WireReader, wireBytes } from './wire_reader.ts';
import { WireWriter } from './wire_writer.ts';

const magic = Uint8Array.of(0x6b, 0x38, 0x73, 0);
// Fields 3 and 4, contentEncoding and contentType, are always there and always empty.
const trailer = Uint8Array.of(0x1a, 0, 0x22, 0);

let shared: { plans: PlanSet; out: WireWriter } | undefined;

function codec(): { plans: PlanSet; out: WireWriter } {
  return (shared ??= { plans: new PlanSet(typeSchema, 'gogo'), out: new WireWriter() });
}

/** The message of an object, without the envelope: what an Unknown carries and what lists join. */
export function encodeMessage(type: string, object: object): Uint8Array {
  const { plans, out } = codec();
  return written(out, () => writeMessage(out, plans, plans.get(type), object));
}

/** Throws ApiError 400 for bytes that aren't such a message. */
export function decodeMessage<T = any>(type: string, bytes: Uint8Array): T {
  const { plans } = codec();
  const object = {};
  readMessage(new WireReader(bytes), plans, plans.get(type), bytes.length, object, 0);
  return object as T;
}

/** An object in its envelope. */
export function encodeUnknown(apiVersion: string, kind: string, type: string, object: object): Uint8Array {
  const { plans, out } = codec();
  return written(out, () =>
    writeEnvelope(out, apiVersion, kind, () => writeMessage(out, plans, plans.get(type), object)),
  );
}

/** An envelope around a message that was encoded before. */
export function wrapMessage(apiVersion: string, kind: string, message: Uint8Array): Uint8Array {
  const { out } = codec();
  return written(out, () => writeEnvelope(out, apiVersion, kind, () => out.raw(message)));
}

/** A list in its envelope, of items that were encoded before. `metadata` is a ListMeta. */
export function encodeUnknownList(
  apiVersion: string,
  kind: string,
  metadata: object,
  items: readonly Uint8Array[],
): Uint8Array {
  const { plans, out } = codec();
  return written(out, () =>
    writeEnvelope(out, apiVersion, kind, () => {
      for (let i = items.length - 1; i >= 0; i--) {
        const item = items[i]!;
        out.raw(item);
        out.varint(item.length);
        out.byte(0x12);
      }
      const before = out.size;
      writeMessage(out, plans, plans.get('meta.v1.ListMeta'), metadata);
      out.varint(out.size - before);
      out.byte(0x0a);
    }),
  );
}

/** A watch event in an envelope without a kind, as upstream frames it. `object` is in its own envelope. */
export function encodeWatchEvent(type: string, object: Uint8Array): Uint8Array {
  const { out } = codec();
  return written(out, () =>
    writeEnvelope(out, '', '', () => {
      const before = out.size;
      out.raw(object);
      out.varint(object.length);
      out.byte(0x0a);
      out.varint(out.size - before);
      out.byte(0x12);
      const text = out.size;
      out.string(type);
      out.varint(out.size - text);
      out.byte(0x0a);
    }),
  );
}

export interface Envelope {
  apiVersion: string;
  kind: string;
  raw: Uint8Array;
}

/** True for bytes in the protobuf envelope. */
export function isEnvelope(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && magic.every((byte, i) => bytes[i] === byte);
}

/** Takes an envelope off; the message stays bytes. Throws ApiError 400. */
export function openEnvelope(bytes: Uint8Array): Envelope {
  if (!isEnvelope(bytes)) {
    throw badRequest(
      'provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]',
    );
  }
  if (bytes.length === magic.length) throw badRequest('empty body');
  const from = new WireReader(bytes);
  from.at = magic.length;
  const end = bytes.length;
  const envelope: Envelope = { apiVersion: '', kind: '', raw: new Uint8Array() };
  while (from.at < end) {
    const tag = from.uint32();
    if (tag === 0x0a) readTypeMeta(from, from.blockEnd(end), envelope);
    else if (tag === 0x12) envelope.raw = from.block(from.blockEnd(end));
    else from.skip(tag & 7, end);
  }
  return envelope;
}

/** The object in an envelope, its kind included. Throws ApiError 400, also for kinds that aren't built in. */
export function decodeUnknown<T = any>(
  bytes: Uint8Array,
  defaults: { apiVersion?: string; kind?: string } = {},
): T {
  const { raw, ...found } = openEnvelope(bytes);
  const apiVersion = found.apiVersion || defaults.apiVersion || '';
  const kind = found.kind || defaults.kind || '';
  const { group, version } = splitApiVersion(apiVersion);
  const type = typeOfKind(group, version, kind);
  if (!type || !hasMessage(type)) {
    throw badRequest(`no kind ${goQuote(kind)} is registered for version ${goQuote(apiVersion)}`);
  }
  return { kind, apiVersion, ...decodeMessage(type, raw) } as T;
}

/** False for types that have no protobuf form (tables, custom resources). */
export function hasMessage(type: string): boolean {
  const schema = typeSchema(type);
  if (!schema?.fields) return false;
  if (schema.inline) return true;
  return Object.values(schema.fields).some((field) => field.n !== undefined);
}

function writeEnvelope(out: WireWriter, apiVersion: string, kind: string, writeBody: () => void): void {
  out.raw(trailer);
  const body = out.size;
  writeBody();
  out.varint(out.size - body);
  out.byte(0x12);
  const meta = out.size;
  const kindAt = out.size;
  out.string(kind);
  out.varint(out.size - kindAt);
  out.byte(0x12);
  const versionAt = out.size;
  out.string(apiVersion);
  out.varint(out.size - versionAt);
  out.byte(0x0a);
  out.varint(out.size - meta);
  out.byte(0x0a);
  out.raw(magic);
}

function readTypeMeta(from: WireReader, end: number, envelope: Envelope): void {
  while (from.at < end) {
    const tag = from.uint32();
    if ((tag & 7) !== wireBytes) throw malformed(`wrong wireType = ${tag & 7} for field typeMeta`);
    const text = from.string(from.blockEnd(end));
    if (tag === 0x0a) envelope.apiVersion = text;
    else if (tag === 0x12) envelope.kind = text;
  }
}

// A value that can't be written (a bug of the caller) must not leave its half behind for the next message.
function written(out: WireWriter, write: () => void): Uint8Array {
  try {
    write();
    return out.finish();
  } finally {
    out.reset();
  }
}
