// The headers of a request, from its fields (RFC 9113, 8.2 and 8.3).
import type { HeaderField } from './hpack/static_table.ts';

export type RequestHeaders = Readonly<Record<string, string>>;

/** What a field may be in a request. */
type FieldRole = 'regular' | 'cookie' | 'pseudo' | 'content-length' | 'malformed';

/** A field and what was found out of it, which for those in HPACK's table happens once. */
export interface RequestField extends HeaderField {
  readonly role: FieldRole;
}

/** RFC 9110, 5.6.2, but for capitals, which have no place in HTTP/2. */
const namePattern = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;
/** Nothing that could be read as another field elsewhere, and no space around it. */
const valuePattern = /^(?:[^\0\r\n\t ](?:[^\0\r\n]*[^\0\r\n\t ])?)?$/;

const roles: Readonly<Record<string, FieldRole>> = {
  ':method': 'pseudo',
  ':scheme': 'pseudo',
  ':authority': 'pseudo',
  ':path': 'pseudo',
  'content-length': 'content-length',
  cookie: 'cookie',
  // Of a connection, which here is no matter of headers (8.2.2).
  connection: 'malformed',
  'proxy-connection': 'malformed',
  'keep-alive': 'malformed',
  'transfer-encoding': 'malformed',
  upgrade: 'malformed',
};

export function requestField(name: string, value: string): RequestField {
  return { name, value, role: roleOf(name, value) };
}

function roleOf(name: string, value: string): FieldRole {
  if (!valuePattern.test(value)) return 'malformed';
  const role = Object.hasOwn(roles, name) ? roles[name] : undefined;
  if (role) return role;
  if (name === 'te' && value !== 'trailers') return 'malformed';
  return namePattern.test(name) ? 'regular' : 'malformed';
}

/** What a field counts towards SETTINGS_MAX_HEADER_LIST_SIZE beside its characters (6.5.2). */
const fieldOverhead = 32;

/** The fields of one block, taken as they are decoded. */
export class RequestHeaderList {
  // Without a prototype: names are the client's.
  readonly #headers: Record<string, string> = Object.create(null);
  readonly #maxSize: number;
  #hasPseudo = false;
  #hasRegular = false;
  #isMalformed = false;
  /** As SETTINGS_MAX_HEADER_LIST_SIZE counts. */
  size = 0;
  /** What `content-length` promises of the body. */
  contentLength: number | undefined;

  constructor(maxSize: number) {
    this.#maxSize = maxSize;
  }

  /** What comes past the limit was not kept. */
  get isTooLarge(): boolean {
    return this.size > this.#maxSize;
  }

  add({ name, value, role }: RequestField): void {
    this.size += name.length + value.length + fieldOverhead;
    if (this.isTooLarge) return;
    if (role === 'malformed') this.#isMalformed = true;
    else if (role === 'pseudo') this.#addPseudo(name, value);
    else {
      this.#hasRegular = true;
      if (role === 'content-length') this.#addLength(value);
      else this.#join(name, value, role === 'cookie' ? '; ' : ', ');
    }
  }

  /** The headers of a request; undefined when they are malformed. */
  request(): RequestHeaders | undefined {
    return this.#isMalformed || !hasRequestLine(this.#headers) ? undefined : this.#headers;
  }

  /** Whether they may stand behind a body (8.1). */
  get areTrailers(): boolean {
    return !this.#isMalformed && !this.#hasPseudo;
  }

  /** Before the others, each once. */
  #addPseudo(name: string, value: string): void {
    if (this.#hasRegular || this.#headers[name] !== undefined) this.#isMalformed = true;
    this.#hasPseudo = true;
    this.#headers[name] = value;
  }

  #join(name: string, value: string, separator: string): void {
    const before = this.#headers[name];
    this.#headers[name] = before === undefined ? value : `${before}${separator}${value}`;
  }

  #addLength(value: string): void {
    const length = /^\d{1,15}$/.test(value) ? Number(value) : undefined;
    if (length === undefined || (this.contentLength !== undefined && this.contentLength !== length))
      this.#isMalformed = true;
    this.contentLength = length;
    this.#headers['content-length'] = value;
  }
}

/** CONNECT has an authority alone; everything else has a method, a scheme and a path (8.3.1, 8.5). */
function hasRequestLine(headers: RequestHeaders): boolean {
  const { ':method': method, ':path': path, ':scheme': scheme, ':authority': authority } = headers;
  if (method === 'CONNECT') return path === undefined && scheme === undefined && !!authority;
  return !!method && !!path && !!scheme;
}
