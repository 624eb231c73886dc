// The API server, put together.
import { aborted, type Clock, errorMessage, type Logger, type Random } from '@kubets/base';
import type { Resource } from '@kubets/resources';
import type { Store } from '@kubets/storage';
import type { AdmissionPlugin, Authenticator, Authorizer, Reader, TokenIssuer } from './access.ts';
import { cacheReader } from './cache/reader.ts';
import { WatchCache } from './cache/watch_cache.ts';
import type { Endpoint } from './call.ts';
import { discoveryEndpoints } from './discovery/endpoints.ts';
import type { AuditHook } from './filters/audit.ts';
import {
  healthEndpoints,
  metricsEndpoint,
  openidEndpoints,
  rootEndpoint,
  versionEndpoint,
} from './health/endpoints.ts';
import { RequestMetrics } from './health/request_metrics.ts';
import { openapiEndpoints } from './openapi/endpoints.ts';
import { filters, pipeline } from './pipeline.ts';
import type { Handler } from './request.ts';
import { dispatch, type PathRoutes } from './routes/dispatch.ts';
import { groupVersions } from './routes/resource_routes.ts';
import { RouteTable } from './routes/route_table.ts';
import type { ServerContext } from './server_context.ts';
import { serviceAllocation } from './services/service_allocation.ts';
import { specialSubresources } from './subresources/index.ts';
import type { Advertised } from './upkeep/kubernetes_service.ts';
import { runUpkeep } from './upkeep/upkeep.ts';
import type { WriteHooks } from './verbs/write_hooks.ts';
import { virtualResources } from './virtual/index.ts';

export interface ApiServerOptions {
  store: Store;
  clock: Clock;
  random: Random;
  log: Logger;
  resources: readonly Resource[];
  /** Asked in order; the first that knows the caller wins. */
  authenticators: readonly Authenticator[];
  /** Asked in order; the first that allows or denies wins. */
  authorizers: readonly Authorizer[];
  /** In order: all mutate, then all validate. */
  admission: readonly AdmissionPlugin[];
  /** Default 10.96.0.0/16; two, comma-separated, for dual-stack. */
  serviceCidr?: string;
  /** Default 30000-32767, both included. */
  nodePortRange?: { from: number; to: number };
  tokenIssuer?: TokenIssuer;
  /** Used for nodes that don't say in status.daemonEndpoints. Default 10250. */
  kubeletPort?: number;
  /** How nodes and pods reach this server: behind the Service `kubernetes`. Absent: that Service isn't kept. */
  advertised?: Advertised;
  /** PEM of the CAs whose client certificates are users; published for servers that share the trust. */
  clientCa?: string;
  /** Of the release that is served, e.g. `v1.36.0`. */
  version?: string;
  audit?: AuditHook;
  limits?: Partial<ServerContext['limits']>;
}

export interface ApiServer {
  handle: Handler;
  /** Loads the caches, keeps them current and does the server's own upkeep, until `signal` aborts. */
  run(signal: AbortSignal): Promise<void>;
  /** Resolves when the caches are loaded and what every cluster has (namespaces, `kubernetes` service) is there. */
  ready(): Promise<void>;
  reader: Reader;
}

export function createApiServer(options: ApiServerOptions): ApiServer {
  const { store, clock, random, log, resources } = options;
  const cache = new WatchCache({ store, clock, log, resources });
  const routes = new RouteTable();
  const byName = new Map(resources.map((each) => [`${each.id.group}/${each.id.resource}`, each]));
  const reader = cacheReader((group, resource) => {
    const found = byName.get(`${group}/${resource}`);
    return found && cache.historyOf(found);
  });
  const server: ServerContext = {
    store,
    clock,
    random,
    log,
    cache,
    reader,
    routes,
    authenticators: options.authenticators,
    authorizers: options.authorizers,
    admission: options.admission,
    audit: options.audit,
    tokenIssuer: options.tokenIssuer,
    metrics: new RequestMetrics(),
    limits: {
      maxInFlight: 400,
      maxMutatingInFlight: 200,
      minWatchSeconds: 1_800,
      maxPendingWatchEvents: 20_000,
      ...options.limits,
    },
    writeHooks: {},
    kubeletPort: options.kubeletPort ?? 10_250,
  };
  const hooks = server.writeHooks as Record<string, WriteHooks>;
  routes.set(
    groupVersions(server, {
      resources,
      virtual: virtualResources(server),
      special: specialSubresources(server),
    }),
  );
  const serviceCidrs = (options.serviceCidr ?? '10.96.0.0/16').split(',');
  const nodePorts = options.nodePortRange ?? { from: 30_000, to: 32_767 };
  hooks['/services'] = serviceAllocation(server, { cidrs: serviceCidrs, nodePorts });
  const handle = pipeline(filters(server), dispatch(routes, pathRoutes(server, options)));
  let becomeReady = () => {};
  const firstRound = new Promise<void>((resolve) => {
    becomeReady = resolve;
  });
  return {
    handle,
    reader,
    ready: () => firstRound,
    async run(signal) {
      const following = cache.run(signal);
      await Promise.race([cache.ready(), aborted(signal)]);
      const { advertised, clientCa } = options;
      const upkeep = { server, handle, serviceCidrs, advertised, clientCa };
      if (!signal.aborted) await runUpkeep(upkeep, signal, becomeReady);
      await following;
    },
  };
}

function pathRoutes(server: ServerContext, options: ApiServerOptions): PathRoutes {
  const discovery = discoveryEndpoints({
    routes: server.routes,
    serverAddress: options.advertised ? `${options.advertised.address}:${options.advertised.port}` : '',
  });
  const version = options.version ?? 'v1.36.0';
  const openapi = openapiEndpoints({ routes: server.routes, version });
  const health = healthEndpoints([
    { name: 'ping', problem: () => undefined },
    { name: 'log', problem: () => undefined },
    { name: 'etcd', problem: () => server.store.revision().then(() => undefined, errorMessage) },
    {
      name: 'informer-sync',
      problem: () => (server.cache.isReady ? undefined : 'caches are loading'),
      readyOnly: true,
    },
  ]);
  const exact = new Map<string, Endpoint>(
    Object.entries({
      ...discovery.exact,
      ...health.exact,
      ...openapi.exact,
      ...openidEndpoints(server),
      '/metrics': metricsEndpoint(server),
      '/version': versionEndpoint(version),
    }),
  );
  const prefixes = new Map<string, Endpoint>(
    Object.entries({ ...discovery.prefixes, ...openapi.prefixes, ...health.prefixes }),
  );
  exact.set(
    '/',
    rootEndpoint(() => [...exact.keys()].sort()),
  );
  return { exact, prefixes };
}
