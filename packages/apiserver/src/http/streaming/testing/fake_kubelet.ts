// A kubelet without containers, for tests: a few commands and two ports.
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Clock, systemClock } from '@kubets/base';
import { acceptPortForward } from '../port_forward/accept.ts';
import { acceptRemoteCommand } from '../remote_command/accept.ts';
import {
  exitCodeStatus,
  type RemoteCommand,
  remoteCommandOptions,
  success,
} from '../remote_command/remote_command.ts';
import { terminalSizes } from '../remote_command/terminal_sizes.ts';
import type { UpgradeRequest } from '../web_socket_accept.ts';

export interface FakeKubelet {
  readonly url: string;
  /** Upgrade headers of the requests so far. */
  readonly upgrades: string[];
  /** Connections open now. */
  readonly connections: ReadonlySet<Socket>;
  close(): void;
}

export async function startFakeKubelet(clock: Clock = systemClock): Promise<FakeKubelet> {
  const connections = new Set<Socket>();
  const upgrades: string[] = [];
  const server = createServer((_request, response) => response.writeHead(404).end('no such page\n'));
  server.on('connection', (socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  server.on('upgrade', (message, socket, head) => {
    upgrades.push(message.headers.upgrade ?? '');
    const headers = message.headers as Record<string, string>;
    void serve(message, { headers, socket, head }, clock);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    upgrades,
    connections,
    close() {
      server.close();
      for (const socket of connections) socket.destroy();
    },
  };
}

async function serve(message: IncomingMessage, request: UpgradeRequest, clock: Clock): Promise<void> {
  const url = new URL(message.url!, 'http://kubelet');
  const [, kind, , pod] = url.pathname.split('/');
  if (pod === 'gone') {
    request.socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 25\r\n\r\ncontainer not found ("c")\n');
    return;
  }
  if (kind === 'portForward') {
    acceptPortForward({ request, pod: pod!, uid: 'u1', clock, forward });
    return;
  }
  const options = remoteCommandOptions(url.searchParams);
  const command = await acceptRemoteCommand({ request, options, clock });
  if (command) await run(url.searchParams.getAll('command'), command);
}

async function run([name, argument]: string[], command: RemoteCommand): Promise<void> {
  const { stdin, stdout, stderr, resize } = command;
  if (name === undefined || name === 'cat') await pipeline(stdin!, stdout!, { end: false }).catch(() => {});
  else if (name === 'zeros') stdout!.write(Buffer.alloc(Number(argument)));
  else if (name === 'size')
    for await (const { width, height } of terminalSizes(resize!)) {
      stdout!.write(`${width}x${height}\r\n`);
      break;
    }
  else if (name === 'exit') {
    stdout!.write('to stdout\n');
    stderr?.write('to stderr\n');
  } else if (name === 'hang') await command.closed;
  const code = name === 'exit' ? Number(argument) : 0;
  await command.writeStatus(code === 0 ? success : exitCodeStatus(code));
  await command.close();
}

async function forward(port: number, data: Duplex): Promise<void> {
  if (port !== 7) throw new Error('connection refused');
  data.write('echo: ');
  for await (const chunk of data.iterator({ destroyOnReturn: false })) data.write(chunk);
}
