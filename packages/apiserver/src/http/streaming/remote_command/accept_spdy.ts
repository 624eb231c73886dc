import type { Clock, Ms } from '@kubets/base';
import { acceptSpdy } from '../accept_spdy.ts';
import { streamingIdleTimeoutMs } from '../idle_timer.ts';
import type { SpdyStream } from '../spdy/stream.ts';
import type { UpgradeRequest } from '../web_socket_accept.ts';
import {
  encodeStatus,
  expectedStreams,
  type RemoteCommand,
  type RemoteCommandOptions,
  remoteCommandProtocols,
  type StreamType,
} from './remote_command.ts';

const { v1, v2, v3, v4 } = remoteCommandProtocols;

export interface AcceptSpdyOptions {
  request: UpgradeRequest;
  options: RemoteCommandOptions;
  clock: Clock;
  idleTimeoutMs?: Ms;
}

const streamCreationTimeoutMs = 30_000;

/**
 * Upgrades to SPDY and waits for the client's streams. Undefined when there is nothing to serve: the request was
 * refused (and answered), or the client went away or did not open its streams in time.
 */
export async function acceptSpdyRemoteCommand({
  request,
  options,
  clock,
  idleTimeoutMs = streamingIdleTimeoutMs,
}: AcceptSpdyOptions): Promise<RemoteCommand | undefined> {
  const streams = new Map<string, SpdyStream>();
  let expected: StreamType[] = [];
  let arrived = () => {};
  const accepted = acceptSpdy({
    request,
    protocols: [v4, v3, v2, v1],
    clock,
    idleTimeoutMs,
    accept: ({ streamtype = '' }) => streamTypes.has(streamtype) && !streams.has(streamtype),
    onStream(stream) {
      const type = stream.headers['streamtype']!;
      streams.set(type, stream);
      // A stream that nobody reads would hold up the session.
      if (!expected.includes(type as StreamType) || !inputs.has(type)) stream.resume();
      arrived();
    },
  });
  if (!accepted) return undefined;
  const { session, protocol } = accepted;
  expected = expectedStreams(options, protocol === v4 || protocol === v3);

  const cancel = clock.after(streamCreationTimeoutMs, () =>
    session.destroy(new Error('timed out waiting for client to create streams')),
  );
  const complete = new Promise<true>((resolve) => {
    arrived = () => {
      if (expected.every((type) => streams.has(type))) resolve(true);
    };
    arrived();
  });
  const opened = await Promise.race([complete, session.closed]);
  cancel();
  if (opened !== true) return undefined;

  const stream = (type: StreamType) => (expected.includes(type) ? streams.get(type) : undefined);
  return {
    stdin: stream('stdin'),
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    resize: stream('resize'),
    tty: options.tty,
    async writeStatus(status) {
      const bytes = encodeStatus(status, protocol === v4);
      if (bytes.length > 0) streams.get('error')!.write(bytes);
    },
    close: () => session.close(),
    destroy: () => session.destroy(),
    closed: session.closed.then(() => {}),
  };
}

const inputs: ReadonlySet<string> = new Set<StreamType>(['stdin', 'resize']);
const streamTypes: ReadonlySet<string> = new Set<StreamType>([
  'error',
  'stdin',
  'stdout',
  'stderr',
  'resize',
]);
