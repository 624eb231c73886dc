import { Agent as HttpAgent, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { type HttpSender, transportError } from './http_message.ts';
import { type ServerAddress, tlsOptions } from './tls_options.ts';

/** Requests over HTTP/1.1, for `http:` addresses and proxies that speak nothing newer. */
export function http1Sender(address: ServerAddress): HttpSender {
  const url = new URL(address.server);
  const plain = url.protocol === 'http:';
  const options = { keepAlive: true };
  const newAgent = () => (plain ? new HttpAgent(options) : new HttpsAgent(options));
  let agent = newAgent();
  return {
    send: ({ method, path, headers, body, signal }) =>
      new Promise((resolve, reject) => {
        const to = plain ? { host: url.hostname, port: url.port || 80 } : tlsOptions(address);
        const request = (plain ? requestHttp : requestHttps)({ ...to, agent, method, path, headers, signal });
        request.once('error', (error) => reject(signal?.aborted ? signal.reason : transportError(error)));
        request.once('response', (answer) => {
          resolve({ status: answer.statusCode!, headers: answer.headers, body: answer });
        });
        request.end(body);
      }),
    reconnect() {
      // Sockets in use stay until they are idle, then nobody reuses them.
      agent = newAgent();
    },
    close: () => agent.destroy(),
  };
}
