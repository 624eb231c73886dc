// What must be known of another server's reply before it is passed on.
import { decodePacket } from './dns_packet.ts';
import type { DnsRecord } from './message.ts';

export interface DecodedReply {
  rcode: string;
  truncated: boolean;
  /** Addresses and aliases; other types are passed on as bytes only. */
  answers: DnsRecord[];
  /** Seconds, of each answer. */
  ttls: number[];
  /** Seconds for which "there is none" holds. */
  negativeTtl: number | undefined;
}

/** Undefined when the bytes are no reply. */
export function decodeReply(message: Uint8Array): DecodedReply | undefined {
  try {
    const packet = decodePacket(message);
    if (packet.type !== 'response') return undefined;
    const soa = packet.authorities.find((record) => record.type === 'SOA');
    return {
      rcode: packet.rcode,
      truncated: packet.flag_tc,
      answers: packet.answers.flatMap(({ name, type, ttl = 0, data }): DnsRecord[] => {
        if (type === 'A' || type === 'AAAA') return [{ name, type, ttl, address: data }];
        return type === 'CNAME' ? [{ name, type, ttl, target: data }] : [];
      }),
      ttls: packet.answers.map((record) => record.ttl ?? 0),
      negativeTtl: soa && Math.min(soa.ttl ?? 0, soa.data?.minimum ?? 0),
    };
  } catch {
    return undefined;
  }
}
