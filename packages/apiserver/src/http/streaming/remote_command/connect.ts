import type { Readable, Writable } from 'node:stream';
import type { Status } from '@kubets/api';
import { internalError } from '@kubets/api';
import { type Clock, errorMessage } from '@kubets/base';
import { type DialSpdyOptions, dialSpdy } from '../dial_spdy.ts';
import { SpdySession } from '../spdy/session.ts';
import type { SpdyStream } from '../spdy/stream.ts';
import {
  decodeStatus,
  expectedStreams,
  type RemoteCommandOptions,
  remoteCommandProtocols,
  type StreamType,
} from './remote_command.ts';

/** The client's side of an exec or attach. */
export interface RunningCommand {
  readonly stdin: Writable | undefined;
  readonly stdout: Readable | undefined;
  readonly stderr: Readable | undefined;
  readonly resize: Writable | undefined;
  /** How it ended. Never rejects: a lost connection is a Status too. */
  readonly status: Promise<Status>;
  close(): Promise<void>;
  destroy(): void;
}

/** A Status has one message; no more than this is kept of it. */
const maxStatusLength = 64 * 1024;

/** Asks a kubelet to run a command, over SPDY. @throws UpgradeRefusedError, ApiError */
export async function connectRemoteCommand(
  dial: Pick<DialSpdyOptions, 'url' | 'headers' | 'dial'>,
  options: RemoteCommandOptions,
  clock: Clock,
): Promise<RunningCommand> {
  const { socket } = await dialSpdy({ ...dial, protocols: [remoteCommandProtocols.v4], clock });
  const session = new SpdySession({ socket, side: 'client', clock });
  try {
    const types = expectedStreams(options, true);
    const opened = await Promise.all(types.map((streamType) => session.openStream({ streamType })));
    const stream = (type: StreamType) => opened[types.indexOf(type)];
    // Nothing comes on these; a stream that nobody reads would hold up the session.
    for (const type of ['stdin', 'resize'] as const) stream(type)?.resume();
    return {
      stdin: stream('stdin'),
      stdout: stream('stdout'),
      stderr: stream('stderr'),
      resize: stream('resize'),
      status: readStatus(stream('error')!, session),
      close: () => session.close(),
      destroy: () => session.destroy(),
    };
  } catch (error) {
    session.destroy();
    throw error;
  }
}

async function readStatus(stream: SpdyStream, session: SpdySession): Promise<Status> {
  let text = '';
  try {
    for await (const chunk of stream.iterator({ destroyOnReturn: false }))
      if (text.length < maxStatusLength) text += chunk.toString();
  } catch (error) {
    return internalError(`error reading from error stream: ${errorMessage(error)}`).status;
  }
  if (text !== '') return decodeStatus(text);
  // Version 4 says how a command ended, always: silence is a connection that broke.
  const reason = await Promise.race([session.closed, undefined]);
  return internalError(
    `error reading from error stream: ${reason ? reason.message : 'the connection ended before the command did'}`,
  ).status;
}
