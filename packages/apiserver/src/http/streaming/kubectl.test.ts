// Unmodified kubectl against these streams: by WebSocket as it does now, and by SPDY as before 1.31.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clientsRun, realClient } from '../../../../../tests/harness/real_clients.ts';
import type { HttpServer } from '../index.ts';
import { startFakeApi } from './testing/fake_api.ts';
import { type FakeKubelet, startFakeKubelet } from './testing/fake_kubelet.ts';

let kubelet: FakeKubelet;
let api: HttpServer;
beforeAll(async () => {
  if (clientsRun) realClient('kubectl');
  kubelet = await startFakeKubelet();
  api = await startFakeApi(kubelet.url);
}, 60_000);
afterAll(async () => {
  await api.close(0);
  kubelet.close();
});

const transports = [
  ['WebSocket', 'true', undefined],
  ['SPDY', 'false', 'SPDY/3.1'],
] as const;

describe.skipIf(!clientsRun).each(transports)('kubectl over %s', (_name, webSockets, upgrade) => {
  const start = (...args: string[]) =>
    spawn(
      realClient('kubectl'),
      ['--kubeconfig=/dev/null', `--server=http://127.0.0.1:${api.port}`, ...args],
      {
        env: {
          // Without a home kubectl keeps its cache in the folder that it runs in.
          HOME: tmpdir(),
          KUBECTL_REMOTE_COMMAND_WEBSOCKETS: webSockets,
          KUBECTL_PORT_FORWARD_WEBSOCKETS: webSockets,
        },
      },
    );

  async function run(args: string[], input = '') {
    const child = start(...args);
    child.stdin.end(input);
    const [stdout, stderr, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ]);
    return { code, stdout, stderr };
  }

  test('exec: input, output, exit code', async () => {
    const input = 'line\n'.repeat(200_000);
    expect(await run(['exec', '-i', 'web', '--', 'cat'], input)).toEqual({
      code: 0,
      stdout: input,
      stderr: '',
    });
    expect(await run(['exec', 'web', '--', 'exit', '3'])).toEqual({
      code: 3,
      stdout: 'to stdout\n',
      stderr: 'to stderr\ncommand terminated with exit code 3\n',
    });
    const { stdout } = await run(['exec', 'web', '--', 'zeros', '20000000']);
    expect(stdout.length).toBe(20_000_000);
    if (upgrade) expect(kubelet.upgrades.at(-1)).toBe(upgrade);
  });

  test('exec: what the kubelet refuses', async () => {
    const { code, stderr } = await run(['exec', 'gone', '--', 'cat']);
    expect(code).toBe(1);
    expect(stderr).toContain('container not found ("c")');
  });

  test('attach', async () => {
    const { code, stdout } = await run(['attach', '-i', 'web'], 'typed\n');
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'typed\n' });
  });

  test('port-forward: several connections, and one to a closed port', async () => {
    const child = start('port-forward', 'pod/web', ':7', ':8');
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (piece) => (output += piece));
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (piece) => (errors += piece));
    const portTo = (port: number) => output.match(new RegExp(`127.0.0.1:(\\d+) -> ${port}`))?.[1];
    while (!portTo(7) || !portTo(8)) await once(child.stdout, 'data');
    const talk = async (message: string) => {
      const socket = connect({ host: '127.0.0.1', port: Number(portTo(7)), allowHalfOpen: true });
      socket.end(message);
      return text(socket);
    };
    const long = 'x'.repeat(1_000_000);
    expect(await Promise.all([talk('one'), talk('two'), talk(long)])).toEqual([
      'echo: one',
      'echo: two',
      `echo: ${long}`,
    ]);
    const closed = connect({ host: '127.0.0.1', port: Number(portTo(8)) });
    closed.on('error', () => {});
    closed.write('x');
    while (!errors.includes('connection refused')) await once(child.stderr, 'data');
    closed.destroy();
    child.kill();
    await once(child, 'close');
    for (const socket of kubelet.connections) await once(socket, 'close');
  });
});
