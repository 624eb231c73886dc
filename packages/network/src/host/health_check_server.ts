// Answers load balancers that ask, at a Service's healthCheckNodePort, whether this node has endpoints.
import { createServer, type Server } from 'node:http';
import { errorMessage, type Logger } from '@kubets/base';
import type { HealthCheck } from '../proxy/service_proxy.ts';

export interface HealthCheckServer {
  update(services: ReadonlyMap<string, HealthCheck>): void;
  close(): void;
}

export interface HealthCheckServerOptions {
  log: Logger;
  /** Address to listen on; default: all. */
  host?: string;
}

export function healthCheckServer({ log, host }: HealthCheckServerOptions): HealthCheckServer {
  const listening = new Map<string, { server: Server; check: HealthCheck }>();
  const open = (key: string, check: HealthCheck) => {
    const [namespace, name] = key.split('/');
    const server = createServer((_, response) => {
      const localEndpoints = listening.get(key)?.check.localEndpoints ?? 0;
      response.writeHead(localEndpoints > 0 ? 200 : 503, {
        'content-type': 'application/json',
        'x-content-type-options': 'nosniff',
        'x-load-balancing-endpoint-weight': String(localEndpoints),
      });
      response.end(
        JSON.stringify({ service: { namespace, name }, localEndpoints, serviceProxyHealthy: true }),
      );
    });
    server.on('error', (error) =>
      log.warn('health check port not served', {
        service: key,
        port: check.port,
        error: errorMessage(error),
      }),
    );
    server.listen(check.port, host);
    listening.set(key, { server, check });
  };
  const close = (key: string) => {
    const { server } = listening.get(key)!;
    listening.delete(key);
    server.close();
    server.closeAllConnections();
  };
  return {
    update(services) {
      for (const [key, { check }] of listening) if (services.get(key)?.port !== check.port) close(key);
      for (const [key, check] of services) {
        const known = listening.get(key);
        if (known) known.check = check;
        else open(key, check);
      }
    },
    close() {
      for (const key of [...listening.keys()]) close(key);
    },
  };
}
