// Exec and attach from WebSocket clients to kubelets, which speak SPDY (KEP-4006; upstream's StreamTranslator).
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Clock } from '@kubets/base';
import type { StreamingUpgrade } from '../../streaming_hook.ts';
import { upgradeFailure } from '../dial_spdy.ts';
import { chooseWebSocketProtocol } from '../negotiate.ts';
import { acceptWebSocketRemoteCommand, remoteCommandWebSocketProtocols } from './accept_web_socket.ts';
import { connectRemoteCommand, type RunningCommand } from './connect.ts';
import { type RemoteCommand, remoteCommandOptions, remoteCommandProtocols } from './remote_command.ts';

/**
 * Joins the client and the command until one of them ends. @throws ApiError when the request is refused: nothing
 * has been answered then. Clients of v5 are told on the error channel instead, where they look for it.
 */
export async function translateRemoteCommand(upgrade: StreamingUpgrade, clock: Clock): Promise<void> {
  const { url, headers } = upgrade.target;
  const options = remoteCommandOptions(url.searchParams);
  const protocol = chooseWebSocketProtocol(upgrade.headers, remoteCommandWebSocketProtocols);
  const accept = () => acceptWebSocketRemoteCommand({ request: upgrade, protocol, options, clock });

  let command: RunningCommand;
  try {
    command = await connectRemoteCommand({ url, headers, dial: () => upgrade.dial() }, options, clock);
  } catch (error) {
    const failure = upgradeFailure(error);
    if (protocol !== remoteCommandProtocols.v5) throw failure;
    const client = await accept();
    await client.writeStatus(failure.status);
    return client.close();
  }
  try {
    await join(await accept(), command, upgrade.signal);
  } finally {
    command.destroy();
  }
}

async function join(client: RemoteCommand, command: RunningCommand, signal: AbortSignal): Promise<void> {
  const stop = () => client.destroy();
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  const gone = client.closed.then(() => command.destroy());
  const input = Promise.all([pass(client.stdin, command.stdin), pass(client.resize, command.resize)]);

  await Promise.all([pass(command.stdout, client.stdout), pass(command.stderr, client.stderr)]);
  await client.writeStatus(await command.status);
  await client.close();
  await command.close();
  await Promise.all([gone, input]);
  signal.removeEventListener('abort', stop);
}

/** An end that can't take more ends the passing, no more: how the command ended is told by its status. */
async function pass(from: Readable | undefined, to: Writable | undefined): Promise<void> {
  if (from && to) await pipeline(from, to).catch(() => {});
}
