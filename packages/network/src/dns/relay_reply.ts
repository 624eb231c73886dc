// Another server's reply, made to fit the client's query: its id, the case of its letters, the age of a cached one.
import type { ReceivedQuery } from './decode_query.ts';

const headerLength = 12;
const optType = 41;
const truncatedFlag = 0x02;

export interface Relay {
  message: Uint8Array;
  ageSeconds: number;
  query: ReceivedQuery;
  sizeMax: number;
}

export function relayReply({ message, ageSeconds, query, sizeMax }: Relay): Uint8Array {
  const sameQuestion = questionEnd(message) === headerLength + query.questionBytes.length;
  const fits = message.length <= sizeMax;
  const end = fits ? message.length : questionEnd(message);
  // Not slice(): that of a Buffer makes no copy.
  const reply = new Uint8Array(message.subarray(0, end));
  const view = new DataView(reply.buffer);
  view.setUint16(0, query.id);
  if (sameQuestion) reply.set(query.questionBytes, headerLength);
  if (!fits) {
    reply[2]! |= truncatedFlag;
    for (const at of [6, 8, 10]) view.setUint16(at, 0);
  } else if (ageSeconds > 0) {
    for (const at of ttlOffsets(reply)) view.setUint32(at, Math.max(0, view.getUint32(at) - ageSeconds));
  }
  return reply;
}

function ttlOffsets(message: Uint8Array): number[] {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  const records = view.getUint16(6) + view.getUint16(8) + view.getUint16(10);
  const offsets: number[] = [];
  let at = questionEnd(message);
  for (let i = 0; i < records; i++) {
    at = nameEnd(message, at);
    // In OPT records the place of the TTL holds flags (RFC 6891).
    if (view.getUint16(at) !== optType) offsets.push(at + 4);
    at += 10 + view.getUint16(at + 8);
  }
  return offsets;
}

function questionEnd(message: Uint8Array): number {
  const questions = (message[4]! << 8) | message[5]!;
  let at = headerLength;
  for (let i = 0; i < questions; i++) at = nameEnd(message, at) + 4;
  return at;
}

/** A name ends with an empty label, or with a pointer to the rest. */
function nameEnd(message: Uint8Array, start: number): number {
  let at = start;
  while (at < message.length) {
    const length = message[at]!;
    if (length === 0) return at + 1;
    if (length >= 0xc0) return at + 2;
    at += length + 1;
  }
  throw new Error('a name without end');
}
