// Replies as bytes (RFC 1035), with the compression of names that dns-packet leaves out: an address of a
// headless Service takes 16 bytes where uncompressed it takes about 45, so nearly three times as many fit.
import { parseAddress } from '../address.ts';
import type { ReceivedQuery } from './decode_query.ts';
import { type Answer, type DnsRecord, type Question, type Rcode, rcodes } from './message.ts';

const typeCodes: Record<string, number> = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  OPT: 41,
  ANY: 255,
};

const optLength = 11;
const headerLength = 12;

const flags = { reply: 0x8000, authoritative: 0x0400, truncated: 0x0200, desired: 0x0100, available: 0x0080 };

export function encodeReply(query: ReceivedQuery, answer: Answer, sizeMax: number): Uint8Array {
  const room = sizeMax - (query.edns === 'none' ? 0 : optLength);
  const writer = new Writer(room);
  writer.skip(headerLength);
  writer.bytes(query.questionBytes);
  writer.remember(query.question.name, headerLength);
  const written = { answers: 0, authority: 0, additional: 0 };
  let truncated = false;
  for (const section of ['answers', 'authority', 'additional'] as const) {
    for (const record of answer[section]) {
      if (!writer.record(record)) {
        // What is left out of the additional section is no loss (RFC 2181, section 9).
        truncated ||= section !== 'additional';
        break;
      }
      written[section]++;
    }
    if (truncated) break;
  }
  const edns = query.edns === 'none' ? 0 : 1;
  if (edns) writer.opt(query.edns === 'do');
  return writer.finish({
    id: query.id,
    flags:
      flags.reply |
      flags.available |
      (answer.authoritative ? flags.authoritative : 0) |
      (truncated ? flags.truncated : 0) |
      (query.recursionDesired ? flags.desired : 0) |
      rcodes[answer.rcode],
    counts: [1, written.answers, written.authority, written.additional + edns],
  });
}

/** A reply to what could not be read: only the header. */
export function encodeRefusal(id: number, rcode: Rcode): Uint8Array {
  const writer = new Writer(headerLength);
  writer.skip(headerLength);
  return writer.finish({ id, flags: flags.reply | rcodes[rcode], counts: [0, 0, 0, 0] });
}

/** A query of our own for forwarding. The id is set when it is sent. */
export function encodeQuestion(question: Question): Uint8Array {
  const writer = new Writer(512);
  writer.skip(headerLength);
  writer.name(question.name);
  writer.uint16(typeCodes[question.type] ?? 1);
  writer.uint16(1);
  return writer.finish({ id: 0, flags: flags.desired, counts: [1, 0, 0, 0] });
}

class Writer {
  readonly #buffer: Uint8Array;
  readonly #view: DataView;
  /** Where in the message each name, and each end of one, has been written. */
  readonly #names = new Map<string, number>();
  readonly #room: number;
  #at = 0;

  constructor(room: number) {
    // A record that does not fit is written all the same and taken back; it is never longer than this.
    this.#buffer = new Uint8Array(room + 1024 + optLength);
    this.#view = new DataView(this.#buffer.buffer);
    this.#room = room;
  }

  skip(length: number): void {
    this.#at += length;
  }

  bytes(bytes: Uint8Array): void {
    this.#buffer.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  uint16(value: number): void {
    this.#view.setUint16(this.#at, value);
    this.#at += 2;
  }

  uint32(value: number): void {
    this.#view.setUint32(this.#at, value);
    this.#at += 4;
  }

  /** Notes that `name` stands at `offset`, uncompressed. */
  remember(name: string, offset: number): void {
    let rest = name;
    let at = offset;
    while (rest !== '') {
      if (!this.#names.has(rest) && at < 0x4000) this.#names.set(rest, at);
      const dot = rest.indexOf('.');
      const label = dot < 0 ? rest : rest.slice(0, dot);
      at += label.length + 1;
      rest = dot < 0 ? '' : rest.slice(dot + 1);
    }
  }

  name(name: string): void {
    let rest = name;
    while (rest !== '') {
      const known = this.#names.get(rest);
      if (known !== undefined) {
        this.uint16(0xc000 | known);
        return;
      }
      if (this.#at < 0x4000) this.#names.set(rest, this.#at);
      const dot = rest.indexOf('.');
      this.#text(dot < 0 ? rest : rest.slice(0, dot), 63);
      rest = dot < 0 ? '' : rest.slice(dot + 1);
    }
    this.#buffer[this.#at++] = 0;
  }

  /** False, and nothing written, when the record does not fit. */
  record(record: DnsRecord): boolean {
    const start = this.#at;
    const known = this.#names.size;
    this.name(record.name);
    this.uint16(typeCodes[record.type]!);
    this.uint16(1);
    this.uint32(record.ttl);
    const lengthAt = this.#at;
    this.skip(2);
    this.#data(record);
    this.#view.setUint16(lengthAt, this.#at - lengthAt - 2);
    if (this.#at <= this.#room) return true;
    this.#buffer.fill(0, start, this.#at);
    this.#at = start;
    for (const name of [...this.#names.keys()].slice(known)) this.#names.delete(name);
    return false;
  }

  opt(dnssecOk: boolean): void {
    this.#buffer[this.#at++] = 0;
    this.uint16(typeCodes['OPT']!);
    this.uint16(1232);
    this.uint32(dnssecOk ? 0x8000 : 0);
    this.uint16(0);
  }

  finish(header: {
    id: number;
    flags: number;
    counts: readonly [number, number, number, number];
  }): Uint8Array {
    for (const [i, value] of [header.id, header.flags, ...header.counts].entries())
      this.#view.setUint16(i * 2, value);
    return this.#buffer.subarray(0, this.#at);
  }

  #data(record: DnsRecord): void {
    switch (record.type) {
      case 'A':
      case 'AAAA':
        this.#address(record.address, record.type === 'A' ? 4 : 16);
        break;
      case 'SRV':
        this.uint16(record.priority);
        this.uint16(record.weight);
        this.uint16(record.port);
        this.name(record.target);
        break;
      case 'TXT':
        this.#text(record.text, 255);
        break;
      case 'SOA':
        this.name(record.primary);
        this.name(record.mailbox);
        for (const value of [record.serial, 7200, 1800, 86_400, record.minimum]) this.uint32(value);
        break;
      default:
        this.name(record.target);
    }
  }

  #address(text: string, length: number): void {
    let value = parseAddress(text)?.value ?? 0n;
    for (let i = length - 1; i >= 0; i--) {
      this.#buffer[this.#at + i] = Number(value & 0xffn);
      value >>= 8n;
    }
    this.#at += length;
  }

  /** A length and so many bytes. */
  #text(text: string, lengthMax: number): void {
    const bytes = new TextEncoder().encode(text).subarray(0, lengthMax);
    this.#buffer[this.#at++] = bytes.length;
    this.bytes(bytes);
  }
}
