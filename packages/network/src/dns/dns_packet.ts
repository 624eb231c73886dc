// The part of dns-packet 5 that is used here, with the types that the library comes without.
// @ts-expect-error
import * as library from 'dns-packet';

export interface Packet {
  id: number;
  type: 'query' | 'response';
  flag_tc: boolean;
  flag_rd: boolean;
  opcode: string;
  rcode: string;
  questions: { name: string; type: string; class: string }[];
  answers: PacketRecord[];
  authorities: PacketRecord[];
  additionals: PacketRecord[];
}

export interface PacketRecord {
  name: string;
  type: string;
  ttl?: number;
  /** By type: an address, a name, an object. */
  data?: any;
  /** Of OPT records. */
  udpPayloadSize?: number;
  flag_do?: boolean;
}

/** Throws when the bytes are no message. */
export function decodePacket(message: Uint8Array): Packet {
  return library.decode(bufferOf(message));
}

/** Where the name that starts at `offset` ends. */
export function nameEnd(message: Uint8Array, offset: number): number {
  library.name.decode(bufferOf(message), offset);
  return offset + library.name.decode.bytes;
}

/** The library reads with methods that only a Buffer has. */
function bufferOf(message: Uint8Array): Buffer {
  return Buffer.from(message.buffer, message.byteOffset, message.length);
}
