// `kubets apiserver`: the API server alone, for peers of its own and of upstream's.
import { readFileSync } from 'node:fs';
import { ensureBootstrapObjects, type PluginChoice } from '@kubets/apiserver/access/index.ts';
import { serveHttp } from '@kubets/apiserver/http/index.ts';
import { serveStreaming } from '@kubets/apiserver/http/streaming/index.ts';
import { aborted, runComponents, systemClock, systemRandom } from '@kubets/base';
import { createClusterApiServer } from './cluster_api_server.ts';
import { type ApiServerStoreOptions, openApiServerStore } from './open_api_server_store.ts';

export interface RunApiServerOptions extends ApiServerStoreOptions {
  clientCaFile: string;
  certificateFile: string;
  keyFile: string;
  serviceAccountKeyFile: string;
  serviceAccountSigningKeyFile: string;
  serviceAccountIssuer: string;
  serviceCidr: string;
  nodePortRange: { from: number; to: number };
  host: string;
  port: number;
  /** What the Service `kubernetes` leads to; absent: that Service isn't kept. */
  advertiseAddress?: string;
  runtimeConfig?: string;
  featureGates?: string;
  /** After which a request that is not long-running is given up. */
  requestMs?: number;
  /** As given or by default, by name. */
  flags?: Readonly<Record<string, string>>;
  /** `--enable-admission-plugins` and `--disable-admission-plugins`; nothing: as kube-apiserver does by default. */
  admission?: PluginChoice;
  signal: AbortSignal;
}

export async function runApiServer(options: RunApiServerOptions): Promise<void> {
  const { log, signal, port } = options;
  const read = (path: string) => readFileSync(path, 'utf8');
  const { store, isStale } = await openApiServerStore(options);
  try {
    const clientCa = read(options.clientCaFile);
    const api = await createClusterApiServer({
      store,
      log,
      serviceAccountIssuer: options.serviceAccountIssuer,
      serviceAccountPrivateKey: read(options.serviceAccountSigningKeyFile),
      serviceAccountPublicKey: read(options.serviceAccountKeyFile),
      serviceCidr: options.serviceCidr,
      nodePortRange: options.nodePortRange,
      advertised: options.advertiseAddress ? { address: options.advertiseAddress, port } : undefined,
      clientCa,
      runtimeConfig: options.runtimeConfig,
      isStale,
      featureGates: options.featureGates,
      admission: options.admission ?? {},
      flags: options.flags,
      requestMs: options.requestMs,
    });
    const bootstrapped = api.expect('rbac/bootstrap-roles');
    const http = await serveHttp({
      handle: api.handle,
      tls: { cert: read(options.certificateFile), key: read(options.keyFile), clientCa },
      host: options.host,
      port,
      clock: systemClock,
      random: systemRandom,
      log: log.with({ part: 'http' }),
      serveStreaming,
    });
    const bootstrap = async (stop: AbortSignal) => {
      await Promise.race([api.ready(), aborted(stop)]);
      if (stop.aborted) return;
      await ensureBootstrapObjects({ handle: api.handle, reader: api.reader, signal: stop });
      bootstrapped();
      log.info('ready', { port, uptimeMs: Math.round(performance.now()) });
      await aborted(stop);
    };
    await runComponents(
      [
        { name: 'API server', run: (stop) => api.run(stop) },
        { name: 'bootstrap', run: bootstrap },
      ],
      signal,
    );
    await http.close();
  } finally {
    await store.close();
  }
}
