// What exec and attach are made of, whichever way their streams travel.
import type { Readable, Writable } from 'node:stream';
import { badRequest, internalError, type Status } from '@kubets/api';

/** Which streams the client asked for. */
export interface RemoteCommandOptions {
  stdin: boolean;
  stdout: boolean;
  stderr: boolean;
  tty: boolean;
}

/** The command's side of an accepted exec or attach. Streams that the client did not ask for are undefined. */
export interface RemoteCommand {
  readonly stdin: Readable | undefined;
  readonly stdout: Writable | undefined;
  readonly stderr: Writable | undefined;
  /** JSON texts `{"Width":80,"Height":24}`, one after the other: see `terminalSizes`. */
  readonly resize: Readable | undefined;
  readonly tty: boolean;
  /** How the command ended: `success`, `exitCodeStatus(3)`, or the status of an ApiError. Write it once, last. */
  writeStatus(status: Status): Promise<void>;
  /** Sends what was written, then ends the connection. */
  close(): Promise<void>;
  /** Ends the connection at once. */
  destroy(): void;
  /** Resolves when the connection is over, whoever ended it. */
  readonly closed: Promise<void>;
}

export const remoteCommandProtocols = {
  v1: 'channel.k8s.io',
  v2: 'v2.channel.k8s.io',
  v3: 'v3.channel.k8s.io',
  v4: 'v4.channel.k8s.io',
  v5: 'v5.channel.k8s.io',
} as const;

/** The `streamType` of each stream in SPDY. */
export type StreamType = 'error' | 'stdin' | 'stdout' | 'stderr' | 'resize';

/** From the query of the kubelet's (and the CRI's) exec and attach URLs. @throws ApiError 400 */
export function remoteCommandOptions(query: URLSearchParams): RemoteCommandOptions {
  const asked = (name: string) => query.get(name) === '1' || query.get(name) === 'true';
  const tty = asked('tty');
  const options = {
    stdin: asked('input'),
    stdout: asked('output'),
    // A terminal has one output.
    stderr: asked('error') && !tty,
    tty,
  };
  if (!options.stdin && !options.stdout && !options.stderr)
    throw badRequest('you must specify at least 1 of stdin, stdout, stderr');
  return options;
}

/** The streams that both sides of SPDY expect for `options`, in the order in which clients open them. */
export function expectedStreams(options: RemoteCommandOptions, resizable: boolean): StreamType[] {
  const types: StreamType[] = ['error'];
  if (options.stdin) types.push('stdin');
  if (options.stdout) types.push('stdout');
  if (options.stderr) types.push('stderr');
  if (options.tty && resizable) types.push('resize');
  return types;
}

export const success: Status = { metadata: {}, status: 'Success' };

/** A command that ended by itself, but not with 0. */
export function exitCodeStatus(exitCode: number): Status {
  return {
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: exit status ${exitCode}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(exitCode) }] },
  };
}

/** The bytes of `status` on the error stream: JSON since v4; before, the text of a failure and nothing else. */
export function encodeStatus(status: Status, asJson: boolean): Uint8Array {
  if (asJson) return Buffer.from(JSON.stringify(status));
  return Buffer.from(status.status === 'Success' ? '' : (status.message ?? ''));
}

/** Reads an error stream of v4. */
export function decodeStatus(text: string): Status {
  try {
    const status = JSON.parse(text);
    if (status?.status === 'Success' || status?.status === 'Failure') return status;
  } catch {
    // Told below.
  }
  return internalError(`error stream protocol error: ${JSON.stringify(text)}`).status;
}
