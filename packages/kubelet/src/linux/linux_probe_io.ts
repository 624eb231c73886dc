// Probes and hooks over the real network.
import * as http from 'node:http';
import * as https from 'node:https';
import { connect } from 'node:net';
import * as grpc from '@grpc/grpc-js';
import type { HttpAnswer, HttpRequest, ProbeIo } from '../probes/probe_io.ts';

const maxBodyBytes = 10 * 1024;
const maxRedirects = 10;

export const linuxProbeIo: ProbeIo = {
  async httpGet(request) {
    const deadline = Date.now() + request.timeoutMs;
    let at = request;
    for (let i = 0; ; i++) {
      const answer = await get({ ...at, timeoutMs: Math.max(1, deadline - Date.now()) });
      const next = redirectOf(at, answer);
      // One to another host is an answer that counts as good: the target is not the container's business.
      if (!next) return answer;
      if (i >= maxRedirects) throw new Error('stopped after 10 redirects');
      at = next;
    }
  },
  tcpConnect({ host, port, timeoutMs }) {
    return new Promise((resolve, reject) => {
      const socket = connect({ host, port, timeout: timeoutMs });
      const fail = (reason: string) => {
        socket.destroy();
        reject(new Error(`dial tcp ${hostPort(host, port)}: ${reason}`));
      };
      socket.once('connect', () => {
        socket.destroy();
        resolve();
      });
      socket.once('timeout', () => fail('i/o timeout'));
      socket.once('error', (error) => fail(connectText(error)));
    });
  },
  grpcHealth({ host, port, service, timeoutMs }) {
    const client = new grpc.Client(hostPort(host, port), grpc.credentials.createInsecure(), {
      'grpc.enable_http_proxy': 0,
      'grpc.primary_user_agent': 'kube-probe/1.36',
    });
    // grpc.health.v1.HealthCheckRequest { string service = 1 }, HealthCheckResponse { enum status = 1 }.
    const name = Buffer.from(service);
    const request = service === '' ? Buffer.alloc(0) : Buffer.concat([Buffer.from([10, name.length]), name]);
    return new Promise((resolve, reject) => {
      client.makeUnaryRequest(
        '/grpc.health.v1.Health/Check',
        (bytes: Buffer) => bytes,
        (bytes: Buffer) => bytes,
        request,
        { deadline: Date.now() + timeoutMs },
        (error, answer) => {
          client.close();
          if (error) reject(new Error(grpcText(error, service, host, port, timeoutMs)));
          else resolve(healthNames[answer?.[1] ?? 0] ?? 'UNKNOWN');
        },
      );
    });
  },
};

const healthNames = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'];

function get(request: HttpRequest): Promise<HttpAnswer> {
  const { scheme, host, port, path, headers, timeoutMs, signal } = request;
  const list = headerLists(headers);
  return new Promise((resolve, reject) => {
    const fail = (reason: string) =>
      reject(new Error(`Get "${scheme}://${hostPort(host, port)}${path}": ${reason}`));
    const options = { host, port, path, headers: list, agent: false, signal, rejectUnauthorized: false };
    const call = (scheme === 'https' ? https : http).get(options, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        if (size < maxBodyBytes) chunks.push(chunk);
        size += chunk.length;
        if (size >= maxBodyBytes) response.destroy();
      });
      response.on('close', () => {
        clearTimeout(timer);
        resolve({
          status: response.statusCode ?? 0,
          body: Buffer.concat(chunks).subarray(0, maxBodyBytes).toString(),
          location: response.headers.location,
        });
      });
    });
    const timer = setTimeout(() => {
      call.destroy(new Error('context deadline exceeded (Client.Timeout exceeded while awaiting headers)'));
    }, timeoutMs);
    call.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      fail(
        error.syscall === 'connect'
          ? `dial tcp ${hostPort(host, port)}: ${connectText(error)}`
          : error.message,
      );
    });
  });
}

/** Values of one name together; there is one Host only. */
function headerLists(headers: HttpRequest['headers']): Record<string, string | string[]> {
  const lists: Record<string, string | string[]> = {};
  for (const [name, value] of headers) {
    const known = lists[name];
    if (known === undefined || name.toLowerCase() === 'host') lists[name] = value;
    else lists[name] = [known, value].flat();
  }
  return lists;
}

function redirectOf(request: HttpRequest, { status, location }: HttpAnswer): HttpRequest | undefined {
  if (!location || ![301, 302, 303, 307, 308].includes(status)) return undefined;
  const { scheme, host, port, path } = request;
  const next = new URL(location, `${scheme}://${hostPort(host, port)}${path}`);
  if (next.hostname.replace(/^\[|\]$/g, '') !== host) return undefined;
  const nextScheme = next.protocol === 'https:' ? 'https' : 'http';
  return {
    ...request,
    scheme: nextScheme,
    port: Number(next.port) || (nextScheme === 'https' ? 443 : 80),
    path: next.pathname + next.search,
  };
}

/** As Go words it, which is what people search for. */
function connectText(error: NodeJS.ErrnoException): string {
  const words: Record<string, string> = {
    ECONNREFUSED: 'connect: connection refused',
    EHOSTUNREACH: 'connect: no route to host',
    ENETUNREACH: 'connect: network is unreachable',
    ETIMEDOUT: 'i/o timeout',
    ECONNRESET: 'connection reset by peer',
    ENOTFOUND: 'no such host',
  };
  return words[error.code ?? ''] ?? error.message;
}

function grpcText(error: grpc.ServiceError, service: string, host: string, port: number, timeoutMs: number) {
  if (error.code === grpc.status.UNIMPLEMENTED)
    return (
      'this server does not implement the grpc health protocol (grpc.health.v1.Health): ' + error.details
    );
  if (error.code === grpc.status.DEADLINE_EXCEEDED || error.code === grpc.status.UNAVAILABLE)
    return `timeout: failed to connect service "${hostPort(host, port)}" within ${timeoutMs / 1000}s: ${error.details}`;
  return `error: health rpc probe failed for service "${service}": ${error.details}`;
}

function hostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
