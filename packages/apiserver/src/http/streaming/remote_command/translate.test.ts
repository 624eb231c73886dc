import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { HttpServer } from '../../index.ts';
import { startFakeApi } from '../testing/fake_api.ts';
import { type FakeKubelet, startFakeKubelet } from '../testing/fake_kubelet.ts';

let kubelet: FakeKubelet;
let api: HttpServer;
beforeAll(async () => {
  kubelet = await startFakeKubelet();
  api = await startFakeApi(kubelet.url);
});
afterAll(async () => {
  await api.close(0);
  kubelet.close();
});

interface Exec {
  socket: WebSocket;
  send(channel: number, text: string): void;
  /** What came on each channel, once the connection is closed. */
  result: Promise<{ code: number; channels: Record<number, string> }>;
}

async function exec(query: string, protocol?: string, pod = 'web'): Promise<Exec> {
  const url = `ws://127.0.0.1:${api.port}/api/v1/namespaces/default/pods/${pod}/exec?${query}`;
  const socket = new WebSocket(url, protocol ? [protocol] : []);
  const base64 = protocol?.includes('base64') ?? false;
  const channels: Record<number, string> = {};
  socket.on('message', (message: Buffer) => {
    const channel = base64 ? message[0]! - 0x30 : message[0]!;
    const text = base64
      ? Buffer.from(message.toString('latin1', 1), 'base64').toString()
      : message.toString('utf8', 1);
    channels[channel] = (channels[channel] ?? '') + text;
  });
  const result = once(socket, 'close').then(([code]) => ({ code, channels }));
  result.catch(() => {});
  await once(socket, 'open');
  return {
    socket,
    send(channel, text) {
      const bytes = Buffer.from(text);
      socket.send(base64 ? channel + bytes.toString('base64') : Buffer.concat([Buffer.of(channel), bytes]));
    },
    result,
  };
}

const succeeded = JSON.stringify({ metadata: {}, status: 'Success' });

describe('exec over WebSocket', () => {
  test('v5: stdin ends by a close signal, and the command with it', async () => {
    const { socket, send, result } = await exec('command=cat&stdin=true&stdout=true', 'v5.channel.k8s.io');
    expect(socket.protocol).toBe('v5.channel.k8s.io');
    send(0, 'hello ');
    send(0, 'world');
    socket.send(Buffer.of(255, 0));
    expect(await result).toEqual({ code: 1000, channels: { 1: 'hello world', 3: succeeded } });
    expect(kubelet.upgrades.at(-1)).toBe('SPDY/3.1');
  });

  test.each(['v4.channel.k8s.io', 'v4.base64.channel.k8s.io'])(
    '%s: output and exit code',
    async (protocol) => {
      const { result } = await exec('command=exit&command=3&stdout=true&stderr=true', protocol);
      const { code, channels } = await result;
      expect(code).toBe(1000);
      expect(channels).toMatchObject({ 1: 'to stdout\n', 2: 'to stderr\n' });
      expect(JSON.parse(channels[3]!)).toMatchObject({
        status: 'Failure',
        reason: 'NonZeroExitCode',
        details: { causes: [{ reason: 'ExitCode', message: '3' }] },
      });
    },
  );

  test('without a protocol: messages of bytes, errors as text', async () => {
    const { result } = await exec('command=exit&command=3&stdout=true&stderr=true');
    expect((await result).channels[3]).toBe('command terminated with non-zero exit code: exit status 3');
    const ok = await exec('command=exit&command=0&stdout=true', 'channel.k8s.io');
    expect((await ok.result).channels).toEqual({ 1: 'to stdout\n' });
  });

  test('carries much output and terminal sizes', async () => {
    const { result } = await exec('command=zeros&command=3000000&stdout=true', 'v5.channel.k8s.io');
    expect((await result).channels[1]!.length).toBe(3_000_000);

    const terminal = await exec('command=size&stdout=true&stdin=true&tty=true', 'v5.channel.k8s.io');
    terminal.send(4, '{"Width":132,"Height":43}\n');
    expect((await terminal.result).channels[1]).toBe('132x43\r\n');
  });

  test('a client that goes takes the command with it', async () => {
    const before = kubelet.connections.size;
    const { socket, result } = await exec('command=hang&stdout=true', 'v5.channel.k8s.io');
    const far = [...kubelet.connections].at(-1)!;
    expect(kubelet.connections.size).toBe(before + 1);
    socket.close();
    await result;
    await once(far, 'close');
    expect(kubelet.connections.size).toBe(before);
  });

  test('a kubelet that goes is told as a failure', async () => {
    const { result } = await exec('command=hang&stdout=true', 'v5.channel.k8s.io');
    [...kubelet.connections].at(-1)!.destroy();
    expect(JSON.parse((await result).channels[3]!)).toMatchObject({ status: 'Failure', code: 500 });
  });

  test('a refusal of the kubelet: v5 hears it on the error channel, others as a Status before the handshake', async () => {
    const { result } = await exec('command=cat&stdout=true', 'v5.channel.k8s.io', 'gone');
    expect(JSON.parse((await result).channels[3]!)).toMatchObject({
      kind: 'Status',
      code: 404,
      message: 'unable to upgrade connection: container not found ("c")',
    });
    await expect(exec('command=cat&stdout=true', 'v4.channel.k8s.io', 'gone')).rejects.toThrow('404');
  });

  test('refuses unknown protocols and requests for no stream', async () => {
    await expect(exec('command=cat&stdout=true', 'v9.channel.k8s.io')).rejects.toThrow('403');
    await expect(exec('command=cat', 'v5.channel.k8s.io')).rejects.toThrow('400');
  });

  test('leaves no connection behind', async () => {
    for (const socket of kubelet.connections) await once(socket, 'close');
    expect(kubelet.connections.size).toBe(0);
  });
});
