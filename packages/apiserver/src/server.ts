// The API server, put together.
import { aborted, type Clock, type Logger, type Random } from '@kubets/base';
import type { Resource } from '@kubets/resources';
import type { Store } from '@kubets/storage';
import type { AdmissionPlugin, Authenticator, Authorizer, Reader, TokenIssuer } from './access.ts';
import { ownEndpoints } from './archive/index.ts';
import { cacheReader } from './cache/reader.ts';
import { WatchCache } from './cache/watch_cache.ts';
import type { Endpoint } from './call.ts';
import { discoveryEndpoints } from './discovery/endpoints.ts';
import type { AuditHook } from './filters/audit.ts';
import { FlowControl } from './flowcontrol/flow_control.ts';
import { type Check, healthChecks } from './health/checks.ts';
import {
  healthEndpoints,
  healthMetricsEndpoint,
  metricsEndpoint,
  openidEndpoints,
  rootEndpoint,
  versionEndpoint,
} from './health/endpoints.ts';
import { flagzEndpoint } from './health/flagz.ts';
import { measureAdmission } from './health/measured_admission.ts';
import { createMetrics } from './health/server_metrics.ts';
import { hookOfTask, startHooks } from './health/start_hooks.ts';
import { statuszEndpoint } from './health/statusz.ts';
import { openapiEndpoints } from './openapi/endpoints.ts';
import { filters, pipeline } from './pipeline.ts';
import type { Handler } from './request.ts';
import { dispatch, type PathRoutes } from './routes/dispatch.ts';
import { groupVersions } from './routes/resource_routes.ts';
import { RouteTable } from './routes/route_table.ts';
import { servedVersions } from './routes/served_versions.ts';
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
  /** Endpoints of whoever runs the server, by their paths below `/kubets/v1/`. */
  ownPaths?: Readonly<Record<string, Endpoint>>;
  /** `--runtime-config` of kube-apiserver: `api/beta=true,...`. Default: stable versions alone. */
  runtimeConfig?: string;
  /** `--feature-gates`, of which those count that whole resources wait for. */
  featureGates?: string;
  limits?: Partial<ServerContext['limits']>;
  isStale?: ServerContext['isStale'];
  /** What `/flagz` shows: the flags of whoever runs the server. */
  flags?: Readonly<Record<string, string>>;
  /** More lines of `/metrics`: what is known of the process alone. */
  processMetrics?: () => Iterable<string>;
}

export interface ApiServer {
  handle: Handler;
  /** Loads the caches, keeps them current and does the server's own upkeep, until `signal` aborts. */
  run(signal: AbortSignal): Promise<void>;
  /** Resolves when the caches are loaded and what every cluster has (namespaces, `kubernetes` service) is there. */
  ready(): Promise<void>;
  /** A step of starting that the health checks wait for, `rbac/bootstrap-roles`; call what comes back when it is done. */
  expect(name: string): () => void;
  reader: Reader;
}

export function createApiServer(options: ApiServerOptions): ApiServer {
  const { store, clock, random, log } = options;
  const { resources, serves } = servedVersions(options);
  const cache = new WatchCache({ store, clock, log, resources });
  const routes = new RouteTable();
  const byName = new Map(resources.map((each) => [`${each.id.group}/${each.id.resource}`, each]));
  const reader = cacheReader((group, resource) => {
    const found = byName.get(`${group}/${resource}`);
    return found && cache.historyOf(found);
  });
  const metrics = createMetrics();
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
    admission: measureAdmission(options.admission, metrics, clock),
    audit: options.audit,
    tokenIssuer: options.tokenIssuer,
    metrics,
    limits: {
      maxInFlight: 400,
      maxMutatingInFlight: 200,
      requestMs: 60_000,
      minWatchSeconds: 1_800,
      historyMs: 5 * 60_000,
      maxPendingWatchEvents: 20_000,
      ...options.limits,
    },
    writeHooks: {},
    kubeletPort: options.kubeletPort ?? 10_250,
    isStale: options.isStale,
  };
  const hooks = server.writeHooks as Record<string, WriteHooks>;
  routes.set(
    groupVersions(server, {
      resources,
      virtual: virtualResources(server),
      special: specialSubresources(server),
      serves,
    }),
  );
  const serviceCidrs = (options.serviceCidr ?? '10.96.0.0/16').split(',');
  const nodePorts = options.nodePortRange ?? { from: 30_000, to: 32_767 };
  hooks['/services'] = serviceAllocation(server, { cidrs: serviceCidrs, nodePorts });
  const starting = startHooks();
  const taskDone = new Map(Object.entries(hookOfTask).map(([task, name]) => [task, starting.expect(name)]));
  let shuttingDown = false;
  const checks = () => healthChecks(server, starting, () => shuttingDown);
  const { maxInFlight, maxMutatingInFlight } = server.limits;
  const flowControl = new FlowControl({ reader, clock, seats: maxInFlight + maxMutatingInFlight });
  const paths = pathRoutes(server, options, checks, flowControl);
  const handle = pipeline(filters(server, flowControl), dispatch(routes, paths));
  let becomeReady = () => {};
  const firstRound = new Promise<void>((resolve) => {
    becomeReady = resolve;
  });
  return {
    handle,
    reader,
    ready: () => firstRound,
    expect: (name) => starting.expect(name),
    async run(signal) {
      signal.addEventListener(
        'abort',
        () => {
          shuttingDown = true;
        },
        { once: true },
      );
      const following = cache.run(signal);
      await Promise.race([cache.ready(), aborted(signal)]);
      const { advertised, clientCa } = options;
      const finished = (task: string) => taskDone.get(task)?.();
      const upkeep = { server, handle, serviceCidrs, nodePorts, advertised, clientCa, finished };
      if (!signal.aborted) await runUpkeep(upkeep, signal, becomeReady);
      await following;
    },
  };
}

function pathRoutes(
  server: ServerContext,
  options: ApiServerOptions,
  checks: () => readonly Check[],
  flowControl: FlowControl,
): PathRoutes {
  const discovery = discoveryEndpoints({
    routes: server.routes,
    serverAddress: options.advertised ? `${options.advertised.address}:${options.advertised.port}` : '',
  });
  const version = options.version ?? 'v1.36.0';
  const openapi = openapiEndpoints({ routes: server.routes, version });
  const health = healthEndpoints(checks, server.metrics);
  const [, major = '', minor = ''] = /^v(\d+)\.(\d+)/.exec(version) ?? [];
  server.metrics.buildInfo.with(major, minor, version, 'typescript').set(1);
  const moreMetrics = () => [...flowControl.lines(), ...(options.processMetrics?.() ?? [])];
  const exact = new Map<string, Endpoint>(
    Object.entries({
      ...discovery.exact,
      ...health.exact,
      ...openapi.exact,
      ...openidEndpoints(server),
      '/metrics': metricsEndpoint(server, moreMetrics),
      '/metrics/slis': healthMetricsEndpoint(server),
      '/version': versionEndpoint(version),
      '/flagz': flagzEndpoint(options.flags ?? {}),
      '/statusz': statuszEndpoint({ clock: server.clock, version }),
    }),
  );
  const prefixes = new Map<string, Endpoint>(
    Object.entries({
      ...discovery.prefixes,
      ...openapi.prefixes,
      ...health.prefixes,
      ...ownEndpoints(server, options.ownPaths),
    }),
  );
  const root = rootEndpoint(() => [...exact.keys(), ...health.paths(), ...discovery.paths(), '/openapi/v3/']);
  for (const path of ['/', '/index.html']) exact.set(path, root);
  return { exact, prefixes };
}
