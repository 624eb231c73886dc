// Store, API server, controllers and scheduler, as one process has them.
import { type ApiServer, type AuditHook, createApiServer, type Reader } from '@kubets/apiserver';
import {
  admissionPlugins,
  createNodeAuthorizer,
  createRbacAuthorizer,
  createServiceAccountAuthenticator,
  ensureBootstrapObjects,
  superuserAuthorizer,
  writeQuotaStatus,
} from '@kubets/apiserver/access/index.ts';
import { type Clock, type Component, type Logger, type Random, runComponents } from '@kubets/base';
import { createClient, createEventRecorder, createInformers, inProcessTransport } from '@kubets/client';
import { runControllers } from '@kubets/controllers';
import { resources } from '@kubets/resources';
import { createScheduler } from '@kubets/scheduler';
import { memoryStore } from '@kubets/storage';
import { unsignedTokens } from './unsigned_tokens.ts';

export interface ControlPlaneOptions {
  clock: Clock;
  /** A source of chance for each part, so that one that asks more often does not change the others. */
  fork: () => Random;
  log: Logger;
  audit: AuditHook;
}

export interface ControlPlane extends Component {
  readonly api: ApiServer;
  /** Resolves when the cluster has what every cluster starts with. */
  ready(): Promise<void>;
}

export const version = 'v1.36.0';

export function createControlPlane({ clock, fork, log, audit }: ControlPlaneOptions): ControlPlane {
  const issuer = unsignedTokens(clock, 'https://kubernetes.default.svc.cluster.local');
  // Access control reads the caches of the very server that it is handed to.
  const reader: Reader = {
    get: (...where) => api.reader.get(...where),
    list: (...where) => api.reader.list(...where),
  };
  const authorizers = [superuserAuthorizer, createNodeAuthorizer(reader), createRbacAuthorizer(reader)];
  const api: ApiServer = createApiServer({
    store: memoryStore(),
    clock,
    random: fork(),
    log: log.with({ part: 'apiserver' }),
    resources,
    authenticators: [createServiceAccountAuthenticator({ issuer, reader, audiences: [issuer.issuer] })],
    authorizers,
    admission: admissionPlugins({
      reader,
      clock,
      authorizers,
      plugins: { enable: ['NodeRestriction'] },
      random: fork(),
      writeQuotaStatus: (quota) => writeQuotaStatus(api.handle, quota),
    }),
    tokenIssuer: issuer,
    version,
    audit,
  });
  let becomeReady = () => {};
  const ready = new Promise<void>((resolve) => {
    becomeReady = resolve;
  });
  const deciders = [
    createControllers(api, { clock, fork, log }),
    createSchedulerPart(api, { clock, fork, log }),
  ];
  return {
    name: 'control plane',
    api,
    ready: () => ready,
    run: (signal) =>
      runComponents(
        [
          { name: 'API server', run: (stop) => api.run(stop) },
          {
            name: 'deciders',
            async run(stop) {
              await api.ready();
              await ensureBootstrapObjects({ handle: api.handle, reader: api.reader, signal: stop });
              await makeDiscovery(api);
              becomeReady();
              await runComponents(deciders.flat(), stop);
            },
          },
        ],
        signal,
      ),
  };
}

/** Pods wait for a certificate to trust; nothing in a simulation checks it. */
const rootCaPem = '-----BEGIN CERTIFICATE-----\nc2ltdWxhdGVk\n-----END CERTIFICATE-----\n';

type Parts = Omit<ControlPlaneOptions, 'audit'>;

function createControllers(api: ApiServer, { clock, fork, log }: Parts): Component[] {
  const client = clientOf(api, 'system:kube-controller-manager');
  const controllersLog = log.with({ part: 'controllers' });
  const informers = createInformers({ client, clock, random: fork(), log: controllersLog });
  return [
    runControllers({ client, informers, clock, random: fork(), log: controllersLog, rootCaPem }),
    { name: 'informers of the controllers', run: (stop) => informers.run(stop) },
  ];
}

function createSchedulerPart(api: ApiServer, { clock, fork, log }: Parts): Component[] {
  const client = clientOf(api, 'system:kube-scheduler');
  const schedulerLog = log.with({ part: 'scheduler' });
  const informers = createInformers({ client, clock, random: fork(), log: schedulerLog });
  const recorder = createEventRecorder({
    client,
    clock,
    random: fork(),
    component: 'default-scheduler',
    log: schedulerLog,
  });
  return [
    createScheduler({ client, informers, clock, random: fork(), log: schedulerLog, recorder }),
    { name: 'informers of the scheduler', run: (stop) => informers.run(stop) },
  ];
}

/** For parts of the control plane, and for whoever uses the simulation: they may do everything. */
export function clientOf(api: ApiServer, username: string) {
  const user = { username, groups: ['system:masters', 'system:authenticated'] };
  return createClient(inProcessTransport(api.handle, user));
}

/** Its hashes come from other threads. Made before time begins, they can't come at different times in two runs. */
async function makeDiscovery(api: ApiServer): Promise<void> {
  const client = clientOf(api, 'system:kubets');
  const headers = { accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' };
  for (const path of ['/api', '/apis']) await client.request('GET', path, { headers });
}
