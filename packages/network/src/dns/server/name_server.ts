// UDP and TCP in front of the handlers.
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { createServer, type Server, type Socket } from 'node:net';
import { aborted, type Component, errorMessage, type Logger, type Random } from '@kubets/base';
import { familyOf } from '../../address.ts';
import { decodeQuery, type ReceivedQuery } from '../decode_query.ts';
import { encodeRefusal, encodeReply } from '../encode_message.ts';
import { type Answer, type DnsHandler, failure, handleQuery } from '../message.ts';
import { relayReply } from '../relay_reply.ts';

export interface NameServerOptions {
  handlers: readonly DnsHandler[];
  /** The addresses must be on an interface already. */
  listen: readonly { address: string; port: number }[];
  random: Random;
  log: Logger;
}

const queriesMax = 2000;
const connectionsMax = 500;
const idleMs = 10_000;
const tcpSizeMax = 65_535;

export function nameServer(options: NameServerOptions): Component {
  return { name: 'dns', run: (signal) => serve(options, signal) };
}

async function serve(options: NameServerOptions, signal: AbortSignal): Promise<void> {
  const answer = answerMessage(options);
  const udp: UdpSocket[] = [];
  const tcp: Server[] = [];
  const connections = new Set<Socket>();
  try {
    for (const { address, port } of options.listen) {
      udp.push(await listenUdp(address, port, answer));
      tcp.push(await listenTcp(address, port, answer, connections));
    }
    options.log.info('name server listens', { addresses: options.listen.map(({ address }) => address) });
    await aborted(signal);
  } finally {
    for (const socket of udp) socket.close();
    for (const server of tcp) server.close();
    for (const connection of connections) connection.destroy();
  }
}

type AnswerMessage = (message: Uint8Array, transport: 'udp' | 'tcp') => Promise<Uint8Array | undefined>;

/** From the bytes of a query to those of the reply; undefined for what gets none. */
function answerMessage({ handlers, random, log }: NameServerOptions): AnswerMessage {
  let underWay = 0;
  return async (message, transport) => {
    const decoded = decodeQuery(message);
    if (decoded.type === 'ignored' || underWay >= queriesMax) return undefined;
    if (decoded.type === 'refused') return encodeRefusal(decoded.id, decoded.rcode);
    const { query } = decoded;
    const sizeMax = transport === 'udp' ? query.sizeMax : tcpSizeMax;
    underWay++;
    try {
      const reply = await handleQuery(handlers, query);
      if (reply.type === 'message') return relayReply({ ...reply, query, sizeMax });
      return encodeReply(query, shuffled(reply.answer, random), sizeMax);
    } catch (error) {
      log.error('query failed', { question: query.question, error: errorMessage(error) });
      return encodeFailure(query, sizeMax);
    } finally {
      underWay--;
    }
  };
}

function encodeFailure(query: ReceivedQuery, sizeMax: number): Uint8Array | undefined {
  const reply = failure('SERVFAIL');
  return reply.type === 'answer' ? encodeReply(query, reply.answer, sizeMax) : undefined;
}

/** Clients take the first address mostly, so each comes first at times. Aliases stay in front. */
function shuffled(answer: Answer, random: Random): Answer {
  const first = answer.answers.findIndex((record) => record.type === 'A' || record.type === 'AAAA');
  const count = answer.answers.length - first;
  if (first < 0 || count < 2) return answer;
  const turn = Math.floor(random.next() * count);
  const addresses = answer.answers.slice(first);
  const turned = [...addresses.slice(turn), ...addresses.slice(0, turn)];
  return { ...answer, answers: [...answer.answers.slice(0, first), ...turned] };
}

function listenUdp(address: string, port: number, answer: AnswerMessage): Promise<UdpSocket> {
  return new Promise((resolve, reject) => {
    const socket = createSocket({ type: familyOf(address) === 'IPv4' ? 'udp4' : 'udp6', reuseAddr: true });
    let closed = false;
    socket.on('close', () => {
      closed = true;
    });
    socket.on('error', reject);
    socket.on('message', async (message, from) => {
      const reply = await answer(message, 'udp');
      if (reply && !closed) socket.send(reply, from.port, from.address, () => {});
    });
    socket.bind(port, address, () => resolve(socket));
  });
}

function listenTcp(
  address: string,
  port: number,
  answer: AnswerMessage,
  connections: Set<Socket>,
): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      if (connections.size >= connectionsMax) {
        socket.destroy();
        return;
      }
      connections.add(socket);
      socket.on('close', () => connections.delete(socket));
      socket.on('error', () => socket.destroy());
      socket.setTimeout(idleMs, () => socket.destroy());
      void answerStream(socket, answer);
    });
    server.on('error', reject);
    server.listen(port, address, () => resolve(server));
  });
}

/** Messages with their length in front, one after the other (RFC 7766). */
async function answerStream(socket: Socket, answer: AnswerMessage): Promise<void> {
  let received = Buffer.alloc(0);
  try {
    for await (const chunk of socket) {
      received = Buffer.concat([received, chunk as Buffer]);
      while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
        const end = 2 + received.readUInt16BE(0);
        const reply = await answer(received.subarray(2, end), 'tcp');
        received = received.subarray(end);
        if (!reply) continue;
        const length = Buffer.alloc(2);
        length.writeUInt16BE(reply.length);
        socket.write(Buffer.concat([length, reply]));
      }
    }
  } catch {
    // The client has gone in the middle of a message: there is nobody to tell.
  }
}
