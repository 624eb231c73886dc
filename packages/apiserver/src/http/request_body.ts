// Bodies of requests: read whole, or passed on as they come.
import { Readable } from 'node:stream';
import { errorCode, type ServerStream } from '@kubets/http2';

/** Larger bodies are refused with 413 (upstream: MaxRequestBodyBytes). */
export const maxBodyBytes = 3 * 1024 * 1024;
/** Of the bodies that one connection has under way: all its streams could send one at once, and not its end. */
export const maxConnectionBytes = 256 * 1024 * 1024;

export interface BodySource {
  /** The whole body; 'too large' once it is past the limit; undefined when the client went away. */
  readAll(): Promise<Uint8Array | 'too large' | undefined>;
  asReadable(): Readable;
}

/** Of an HTTP/1.1 message. */
export class Http1Body implements BodySource {
  readonly #message: Readable;

  constructor(message: Readable) {
    this.#message = message;
  }

  readAll(): Promise<Uint8Array | 'too large' | undefined> {
    const stream = this.#message;
    return new Promise((resolve) => {
      const chunks: Buffer[] = [];
      let length = 0;
      stream.on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (length > maxBodyBytes) {
          resolve('too large');
          stream.removeAllListeners('data');
          stream.resume();
          return;
        }
        chunks.push(chunk);
      });
      stream.on('end', () => resolve(joined(chunks, length)));
      stream.on('error', () => resolve(undefined));
      stream.on('close', () => resolve(undefined));
    });
  }

  asReadable(): Readable {
    return this.#message;
  }
}

/** Bytes of bodies that a connection's requests wait for the rest of. */
export interface BodyBytes {
  held: number;
  readonly most: number;
}

/** Of an HTTP/2 stream that has one. */
export class Http2Body implements BodySource {
  readonly #stream: ServerStream;
  readonly #bytes: BodyBytes;

  constructor(stream: ServerStream, bytes: BodyBytes) {
    this.#stream = stream;
    this.#bytes = bytes;
  }

  async readAll(): Promise<Uint8Array | 'too large' | undefined> {
    const chunks: Uint8Array[] = [];
    let length = 0;
    const outcome = await new Promise<'ended' | 'too large' | 'lost'>((resolve) => {
      const body = this.#stream.body!;
      body.watch(() => {
        for (let chunk = body.read(); chunk; chunk = body.read()) {
          if (length > maxBodyBytes) continue;
          chunks.push(chunk);
          length += chunk.length;
          this.#bytes.held += chunk.length;
        }
        if (length > maxBodyBytes) resolve('too large');
        else if (body.isEnded) resolve('ended');
        else if (body.isLost) resolve('lost');
        else if (this.#bytes.held > this.#bytes.most) this.#stream.reset(errorCode.enhanceYourCalm);
      });
    });
    this.#bytes.held -= length;
    if (outcome === 'too large') return outcome;
    return outcome === 'ended' ? joined(chunks, length) : undefined;
  }

  asReadable(): Readable {
    const body = this.#stream.body!;
    let wants = false;
    const give = () => {
      while (wants) {
        const chunk = body.read();
        if (!chunk) break;
        wants = readable.push(chunk);
      }
      if (body.isEnded) readable.push(null);
      else if (body.isLost) readable.destroy();
    };
    const readable = new Readable({
      read() {
        wants = true;
        give();
      },
    });
    body.watch(give);
    return readable;
  }
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length);
}

const streamed = ['/proxy', '/exec', '/attach', '/portforward'];

/** True for paths whose body belongs to someone else: it is passed on as it comes, not read. */
export function passesBodyOn(path: string): boolean {
  for (const part of streamed) {
    const at = path.indexOf(part);
    if (at > 0 && (at + part.length === path.length || path[at + part.length] === '/')) return true;
  }
  return false;
}
