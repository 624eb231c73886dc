// A query as it came from the wire, taken apart.
import { decodePacket, nameEnd } from './dns_packet.ts';
import type { Query, Rcode } from './message.ts';

export interface ReceivedQuery extends Query {
  id: number;
  recursionDesired: boolean;
  /** Bytes of the question section: they go back as they came, also in the case of their letters. */
  questionBytes: Uint8Array;
  /** The longest reply that the client takes by UDP. */
  sizeMax: number;
}

export type DecodedQuery =
  | { type: 'query'; query: ReceivedQuery }
  | { type: 'refused'; id: number; rcode: Rcode }
  /** Not a query at all: a reply, or too short. No answer, or two servers would talk for ever. */
  | { type: 'ignored' };

const headerLength = 12;

/** RFC 9715: longer datagrams may be cut into fragments on the way, which many networks lose. */
const udpSizeMax = 1232;

export function decodeQuery(message: Uint8Array): DecodedQuery {
  if (message.length < headerLength || message[2]! & 0x80) return { type: 'ignored' };
  const id = (message[0]! << 8) | message[1]!;
  try {
    const packet = decodePacket(message);
    const question = packet.questions[0];
    if (packet.opcode !== 'QUERY') return { type: 'refused', id, rcode: 'NOTIMP' };
    if (packet.questions.length !== 1 || !question) return { type: 'refused', id, rcode: 'FORMERR' };
    if (question.class !== 'IN' && question.class !== 'ANY') return { type: 'refused', id, rcode: 'REFUSED' };
    // After the name stand its type and class.
    const questionEnd = nameEnd(message, headerLength) + 4;
    const opt = packet.additionals.find((record) => record.type === 'OPT');
    const edns = opt ? (opt.flag_do ? 'do' : 'plain') : 'none';
    return {
      type: 'query',
      query: {
        id,
        recursionDesired: packet.flag_rd,
        question: { name: question.name.toLowerCase(), type: question.type },
        questionBytes: message.slice(headerLength, questionEnd),
        message,
        edns,
        sizeMax: Math.min(udpSizeMax, Math.max(512, opt?.udpPayloadSize ?? 512)),
      },
    };
  } catch {
    return { type: 'refused', id, rcode: 'FORMERR' };
  }
}
