// DNS questions and answers as data (RFC 1035), before they are bytes.

export type RecordType = 'A' | 'AAAA' | 'CNAME' | 'NS' | 'PTR' | 'SOA' | 'SRV' | 'TXT';

export interface Question {
  /** Lower case, without the dot at the end. */
  name: string;
  /** `A`, `SRV`, ...; `ANY`; other types by the name that dns-packet gives them. */
  type: string;
}

export type DnsRecord = { name: string; ttl: number } & (
  | { type: 'A' | 'AAAA'; address: string }
  | { type: 'CNAME' | 'NS' | 'PTR'; target: string }
  | { type: 'SRV'; priority: number; weight: number; port: number; target: string }
  | { type: 'TXT'; text: string }
  | { type: 'SOA'; primary: string; mailbox: string; serial: number; minimum: number }
);

export const rcodes = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
} as const;

export type Rcode = keyof typeof rcodes;

/** What a handler knows. No answers and NOERROR: the name is there, but has no record of the type. */
export interface Answer {
  rcode: Rcode;
  answers: readonly DnsRecord[];
  /** The SOA when the answer is negative: tells for how long that may be remembered (RFC 2308). */
  authority: readonly DnsRecord[];
  additional: readonly DnsRecord[];
  /** True for what this server is the authority of. */
  authoritative: boolean;
}

/** An answer, or the bytes of another server's, to be passed on as they are but for id and age. */
export type Reply =
  | { type: 'answer'; answer: Answer }
  | { type: 'message'; message: Uint8Array; ageSeconds: number };

export interface Query {
  question: Question;
  /** The message as it came, for forwarding. */
  message: Uint8Array;
  /** What tells apart replies to the same question: EDNS (RFC 6891) and its DO bit. */
  edns: 'none' | 'plain' | 'do';
}

/** One step of answering. */
export interface DnsHandler {
  readonly name: string;
  handle(query: Query, next: (query: Query) => Promise<Reply>): Promise<Reply>;
}

/** Runs `query` through `handlers` in order; what none of them answers is refused. */
export function handleQuery(handlers: readonly DnsHandler[], query: Query): Promise<Reply> {
  const run = (index: number, each: Query): Promise<Reply> => {
    const handler = handlers[index];
    return handler
      ? handler.handle(each, (next) => run(index + 1, next))
      : Promise.resolve(failure('REFUSED'));
  };
  return run(0, query);
}

export function failure(rcode: Rcode): Reply {
  return {
    type: 'answer',
    answer: { rcode, answers: [], authority: [], additional: [], authoritative: false },
  };
}
