import type { Readable } from 'node:stream';

/** Larger bodies are refused with 413 (upstream: MaxRequestBodyBytes). */
export const maxBodyBytes = 3 * 1024 * 1024;

/** The whole body; 'too large' once it is past the limit; undefined when the client went away. */
export function readBody(stream: Readable): Promise<Uint8Array | 'too large' | undefined> {
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
    stream.on('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length)));
    stream.on('error', () => resolve(undefined));
    stream.on('close', () => resolve(undefined));
  });
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
