import type { UserInfo } from '@kubets/api';
import type { AnswerObserver, ApiRequest } from '../request.ts';

const noQuery = new URLSearchParams();
// One for all: a reason made for each request costs a stack trace.
const gone = new DOMException('The client has gone', 'AbortError');

/** A request off the wire. The query and the signal are made only when someone asks for them. */
export class HttpRequest implements ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
  readonly user: UserInfo | undefined;
  readonly rejectedCertificate: boolean;
  readonly remoteAddress: string;
  observer: AnswerObserver | undefined;
  flow: ApiRequest['flow'];
  readonly #queryText: string;
  #query: URLSearchParams | undefined;
  #controller: AbortController | undefined;
  #aborted = false;

  constructor(
    method: string,
    target: string,
    headers: Readonly<Record<string, string>>,
    body: Uint8Array | undefined,
    connection: Connection,
  ) {
    const mark = target.indexOf('?');
    this.method = method;
    this.path = mark < 0 ? target : target.slice(0, mark);
    this.#queryText = mark < 0 ? '' : target.slice(mark + 1);
    this.headers = headers;
    this.body = body;
    this.user = connection.user;
    this.rejectedCertificate = connection.rejectedCertificate;
    this.remoteAddress = connection.remoteAddress;
  }

  get query(): URLSearchParams {
    if (this.#queryText === '') return noQuery;
    return (this.#query ??= new URLSearchParams(this.#queryText));
  }

  /** As on the wire, without the question mark. */
  get queryText(): string {
    return this.#queryText;
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#aborted) this.#controller.abort(gone);
    }
    return this.#controller.signal;
  }

  /** The client has gone. */
  abort(): void {
    this.#aborted = true;
    this.#controller?.abort(gone);
  }
}

/** What is known of a connection, found out once when it is made. */
export interface Connection {
  readonly remoteAddress: string;
  /** Of a client certificate that our CA signed. */
  readonly user: UserInfo | undefined;
  /** The client showed a certificate that does not verify. */
  readonly rejectedCertificate: boolean;
}
