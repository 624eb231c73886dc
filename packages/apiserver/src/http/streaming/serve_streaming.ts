import { ApiError } from '@kubets/api';
import { type Clock, systemClock } from '@kubets/base';
import type { ServeStreaming, StreamingUpgrade } from '../streaming_hook.ts';
import { keepAlive } from './keep_alive.ts';
import { translatePortForward } from './port_forward/translate.ts';
import { tunnelledProtocols, tunnelPortForward } from './port_forward/tunnel.ts';
import { refuseUpgrade } from './refuse_upgrade.ts';
import { translateRemoteCommand } from './remote_command/translate.ts';

/** Serves exec, attach and port-forward of WebSocket clients: kubectl since 1.31, browsers, client libraries. */
export function createServeStreaming({ clock }: { clock: Clock }): ServeStreaming {
  return async (upgrade) => {
    keepAlive(upgrade.socket);
    try {
      await serve(upgrade, clock);
    } catch (error) {
      // Refusals come before the handshake; past it there is no one to tell.
      if (error instanceof ApiError) refuseUpgrade(upgrade.socket, error);
      else upgrade.socket.destroy();
    }
  };
}

export const serveStreaming: ServeStreaming = createServeStreaming({ clock: systemClock });

function serve(upgrade: StreamingUpgrade, clock: Clock): Promise<void> {
  if (upgrade.target.protocol !== 'portforward') return translateRemoteCommand(upgrade, clock);
  const tunnelled = tunnelledProtocols(upgrade.headers).length > 0;
  return tunnelled ? tunnelPortForward(upgrade, clock) : translatePortForward(upgrade, clock);
}
