// The kubelet's HTTPS server (port 10250): logs, exec and the like for the API server, metrics for who may read them.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { TLSSocket } from 'node:tls';
import type { UserInfo } from '@kubets/api';
import { aborted, type Clock, type Component, errorMessage, type Logger } from '@kubets/base';
import type { Kubelet } from '../kubelet.ts';
import { machineStats } from '../linux/machine_stats.ts';
import type { NodeConfig } from '../node/node_config.ts';
import type { ContainerRuntime } from '../runtime/runtime.ts';
import { certificateUser, nodeAttributes } from './client_identity.ts';
import { type KubeletAnswer, KubeletApiError, type KubeletRequest, text } from './kubelet_request.ts';
import { kubeletRoutes, matchPath, streamPaths } from './routes.ts';
import { streamUrl, tunnel } from './streaming.ts';

export interface ServeKubeletOptions {
  kubelet: Kubelet;
  runtime: ContainerRuntime;
  node: NodeConfig;
  host: string;
  port: number;
  /** PEM; callers need a certificate of `clientCa`, or a token that `authenticate` knows. */
  tls: { cert: string | Buffer; key: string | Buffer; clientCa: string | Buffer };
  clock: Clock;
  log: Logger;
  /** The user of a bearer token. */
  authenticate?(token: string): Promise<UserInfo | undefined>;
  /**
   * Whether a user may do `verb` on `nodes/<subresource>` of this node. Without it only the API server and
   * members of system:masters may: whoever gets in here can run commands in every pod.
   */
  authorize?(user: UserInfo, attributes: { verb: string; subresource: string }): Promise<boolean>;
  /** Called with the port once it is open; of use with port 0. */
  listening?(port: number): void;
}

/** The common name that kubeadm and kubets give the API server's client certificate. */
const apiServerUser = 'kube-apiserver-kubelet-client';

export function serveKubelet(options: ServeKubeletOptions): Component {
  const { kubelet, runtime, node, clock, log, tls } = options;
  const api = { kubelet, runtime, node, clock, log, machine: () => machineStats(node.rootDir) };
  const routes = kubeletRoutes(api);

  async function admit(request: IncomingMessage, path: string): Promise<UserInfo> {
    const token = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
    const user =
      certificateUser(request.socket as TLSSocket) ??
      (token && options.authenticate ? await options.authenticate(token) : undefined);
    if (!user) throw new KubeletApiError(401, 'Unauthorized');
    const trusted = user.groups?.includes('system:masters') || user.username === apiServerUser;
    if (trusted) return user;
    const { verb, subresources } = nodeAttributes(request.method ?? '', path);
    for (const subresource of subresources)
      if (await options.authorize?.(user, { verb, subresource })) return user;
    throw new KubeletApiError(
      403,
      `Forbidden (user=${user.username}, verb=${verb}, resource=nodes, subresource(s)=[${subresources.join(' ')}])`,
    );
  }

  async function answer(request: IncomingMessage, url: URL, signal: AbortSignal): Promise<KubeletAnswer> {
    const user = await admit(request, url.pathname);
    const method = request.method ?? '';
    for (const route of routes) {
      const params = matchPath(route.path, url.pathname);
      if (!params) continue;
      if (!route.methods.includes(method)) throw new KubeletApiError(405, 'Method Not Allowed');
      return route.handle({ method, params, query: url.searchParams, user, signal });
    }
    if (streamPaths.some((path) => matchPath(path, url.pathname)))
      throw new KubeletApiError(400, 'Upgrade request required');
    throw new KubeletApiError(404, '404 page not found');
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    const result = await answer(request, urlOf(request), gone.signal).catch(refusal);
    response.writeHead(result.status, { 'Content-Type': result.contentType });
    if (typeof result.body === 'string') response.end(result.body);
    else {
      response.flushHeaders();
      // The caller may leave at any time, and a file may become unreadable; the stream just ends then.
      await pipeline(result.body, response).catch((error) => {
        if (!gone.signal.aborted) log.warn('log stream broken', { reason: errorMessage(error) });
      });
    }
  }

  async function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const url = urlOf(request);
    try {
      const user = await admit(request, url.pathname);
      const found = streamPaths.map((path) => matchPath(path, url.pathname)).find((params) => params);
      if (!found) throw new KubeletApiError(404, '404 page not found');
      const action = url.pathname.split('/')[1]!;
      const asked: KubeletRequest = {
        method: request.method ?? '',
        params: found,
        query: url.searchParams,
        user,
        signal: new AbortController().signal,
      };
      tunnel({ request, caller: socket, head, url: await streamUrl(api, action, asked), clock });
    } catch (error) {
      const { status, body } = refusal(error);
      const bytes = Buffer.from(body as string);
      const lines = [
        `HTTP/1.1 ${status} ${status === 404 ? 'Not Found' : 'Error'}`,
        'Content-Type: text/plain; charset=utf-8',
        `Content-Length: ${bytes.length}`,
        'Connection: close',
      ];
      socket.end(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), bytes]));
    }
  }

  function refusal(error: unknown): KubeletAnswer {
    if (error instanceof KubeletApiError) return text(error.status, `${error.message}\n`);
    log.warn('request failed', { reason: errorMessage(error) });
    return text(500, `${errorMessage(error)}\n`);
  }

  return {
    name: 'kubeletServer',
    async run(signal) {
      const server = createServer({
        // The command of an exec is in its path: as much as Go's servers take (http.DefaultMaxHeaderBytes).
        maxHeaderSize: 1 << 20,
        cert: tls.cert,
        key: tls.key,
        ca: tls.clientCa,
        requestCert: true,
        // Who has no certificate may have a token.
        rejectUnauthorized: false,
        minVersion: 'TLSv1.2',
      });
      // Streams of logs and sessions live as long as they need to.
      server.requestTimeout = 0;
      server.timeout = 0;
      server.on('request', (request, response) => void serve(request, response));
      server.on('upgrade', (request, socket, head) => {
        socket.on('error', () => socket.destroy());
        void upgrade(request, socket, head);
      });
      server.on('tlsClientError', () => {});
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(options.port, options.host, resolve);
      });
      const address = server.address();
      if (address && typeof address === 'object') options.listening?.(address.port);
      await aborted(signal);
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function urlOf(request: IncomingMessage): URL {
  return new URL(request.url ?? '/', 'https://kubelet');
}
