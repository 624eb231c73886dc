import { ApiError, type KubeObject, type Status } from '@kubets/api';
import type { WatchEvent } from '../client.ts';
import { TransportError } from '../transport.ts';

const newline = 0x0a;
/** Well above the largest object that a server stores. */
const maxLineBytes = 16 * 1024 * 1024;

/** The events of a watch stream, one JSON object a line; those that arrive together are one batch. */
export async function* watchLines(
  body: AsyncIterable<Buffer>,
): AsyncGenerator<readonly WatchEvent<KubeObject>[], void> {
  /** The begin of a line that has not ended. */
  let rest: Buffer[] = [];
  let restLength = 0;
  for await (const chunk of body) {
    const end = chunk.lastIndexOf(newline) + 1;
    if (end > 0) {
      const lines = Buffer.concat([...rest, chunk.subarray(0, end)]).toString('utf8');
      rest = [];
      restLength = 0;
      yield* parseLines(lines);
    }
    if (end < chunk.length) {
      rest.push(chunk.subarray(end));
      restLength += chunk.length - end;
      if (restLength > maxLineBytes) throw new TransportError('EMSGSIZE', 'a watch event is too large');
    }
  }
}

/** What comes before an error is handed on first. */
function* parseLines(lines: string): Generator<readonly WatchEvent<KubeObject>[]> {
  const events: WatchEvent<KubeObject>[] = [];
  for (const line of lines.split('\n')) {
    if (!line) continue;
    const { type, object } = parseLine(line);
    if (type === 'ERROR') {
      if (events.length > 0) yield events;
      throw new ApiError(object as Status);
    }
    if (type === 'BOOKMARK') {
      events.push({ type, resourceVersion: (object as KubeObject).metadata.resourceVersion });
    } else events.push({ type, object: object as KubeObject });
  }
  if (events.length > 0) yield events;
}

function parseLine(line: string): {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  object: object;
} {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new TransportError('EPROTO', 'a watch event is not JSON', { cause: error });
  }
}
