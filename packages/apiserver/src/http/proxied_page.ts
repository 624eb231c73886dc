import type { IncomingMessage } from 'node:http';
import type { ProxyTarget } from '../request.ts';

/** Longer pages go through as they are. */
const maxPageBytes = 4 * 1024 * 1024;

/** Whether links of the answer are to be rewritten: a page of a pod or service that can be read as it comes. */
export function isPlainHtml({ headers }: IncomingMessage, target: ProxyTarget): boolean {
  const encoding = headers['content-encoding'] ?? 'identity';
  return (
    target.as === 'plain' && encoding === 'identity' && /^text\/html\b/i.test(headers['content-type'] ?? '')
  );
}

/** The page, or its beginning where it is longer than is rewritten. */
export async function readPage(answer: IncomingMessage): Promise<{ bytes: Buffer; isWhole: boolean }> {
  const parts: Buffer[] = [];
  let size = 0;
  const chunks = answer.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  for await (const chunk of chunks) {
    parts.push(chunk);
    size += chunk.length;
    if (size > maxPageBytes) return { bytes: Buffer.concat(parts), isWhole: false };
  }
  return { bytes: Buffer.concat(parts), isWhole: true };
}
