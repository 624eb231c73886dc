// One question to one upstream server: by UDP, and again by TCP when the reply did not fit.
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import type { Clock, Ms, Random } from '@kubets/base';
import { familyOf } from '../../address.ts';
import { decodeReply } from '../decode_reply.ts';
import type { Exchange } from '../handlers/forward.ts';

export interface ExchangeOptions {
  clock: Clock;
  random: Random;
  /** For each of the two ways. Default 2,000. */
  timeoutMs?: Ms;
}

export function networkExchange(options: ExchangeOptions): Exchange {
  const { clock, random, timeoutMs = 2000 } = options;
  return async (message, server) => {
    const [address, port = '53'] = server.split('#') as [string, string?];
    // A new id and, by a new socket, a new port for each query: replies are hard to forge (RFC 5452).
    const query = new Uint8Array(message);
    query.set(random.bytes(2), 0);
    const target: Target = {
      address,
      port: Number(port),
      query,
      expire: (run) => clock.after(timeoutMs, run),
    };
    const reply = await byUdp(target);
    return decodeReply(reply)?.truncated ? byTcp(target) : reply;
  };
}

interface Target {
  address: string;
  port: number;
  query: Uint8Array;
  /** Calls when the time is up; returns how to stop that. */
  expire: (run: () => void) => () => void;
}

function byUdp({ address, port, query, expire }: Target): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const socket = createSocket(familyOf(address) === 'IPv4' ? 'udp4' : 'udp6');
    const stop = expire(() => finish(new Error('timeout')));
    const finish = (result: Error | Uint8Array) => {
      stop();
      socket.close();
      if (result instanceof Error) reject(result);
      else resolve(result);
    };
    socket.on('error', finish);
    socket.on('message', (message) => {
      if (isReplyTo(query, message)) finish(message);
    });
    // A connected socket takes datagrams of this server only, and learns of it when the port is closed.
    socket.connect(port, address, () => socket.send(query));
  });
}

function byTcp({ address, port, query, expire }: Target): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, address);
    const stop = expire(() => finish(new Error('timeout')));
    const finish = (result: Error | Uint8Array) => {
      stop();
      socket.destroy();
      if (result instanceof Error) reject(result);
      else resolve(result);
    };
    let received = Buffer.alloc(0);
    socket.on('error', finish);
    socket.on('close', () => finish(new Error('closed before the reply')));
    socket.on('data', (data) => {
      received = Buffer.concat([received, data]);
      if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) return;
      const message = received.subarray(2, 2 + received.readUInt16BE(0));
      finish(isReplyTo(query, message) ? message : new Error('not the reply to this query'));
    });
    const length = Buffer.alloc(2);
    length.writeUInt16BE(query.length);
    socket.write(Buffer.concat([length, query]));
  });
}

function isReplyTo(query: Uint8Array, message: Uint8Array): boolean {
  return (
    message.length >= 12 &&
    message[0] === query[0] &&
    message[1] === query[1] &&
    (message[2]! & 0x80) !== 0 &&
    decodeReply(message) !== undefined
  );
}
