// `kubets server`: the store, the API server and everything that decides, in one process and one event loop.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBootstrapObjects } from '@kubets/apiserver/access/index.ts';
import { serveHttp } from '@kubets/apiserver/http/index.ts';
import { serveStreaming } from '@kubets/apiserver/http/streaming/index.ts';
import { type Component, type Logger, runComponents, systemClock, systemRandom } from '@kubets/base';
import { createClient, createEventRecorder, createInformers, inProcessTransport } from '@kubets/client';
import { runControllers } from '@kubets/controllers';
import { createScheduler } from '@kubets/scheduler';
import type { Store } from '@kubets/storage';
import { openLmdbStore } from '@kubets/storage/lmdb/index.ts';
import { readKeyPair } from '../certificates/cluster_pki.ts';
import type { ClusterConfig } from '../cluster/config.ts';
import { ensureDnsService } from '../cluster/dns_service.ts';
import type { ClusterPaths } from '../cluster/paths.ts';
import { createClusterApiServer } from './cluster_api_server.ts';
import { simulatedNodes } from './simulated_nodes.ts';

export interface RunServerOptions {
  paths: ClusterPaths;
  config: ClusterConfig;
  signal: AbortSignal;
  log: Logger;
}

const clock = systemClock;
const random = systemRandom;
/** In-process components: what they may do is decided by what they are, not by rules that a user can change. */
const systemUser = (name: string) => ({ username: name, groups: ['system:masters', 'system:authenticated'] });

export async function runServer({ paths, config, signal, log }: RunServerOptions): Promise<void> {
  const store = await openLmdbStore({ path: paths.store, clock, log: log.with({ part: 'store' }) });
  try {
    const api = await clusterApiServer({ paths, config, log, store });
    const http = await serveHttp({
      handle: api.handle,
      tls: { ...tlsOf(readKeyPair(paths, 'server')), clientCa: readKeyPair(paths, 'ca').certificate },
      // Simulated nodes have no pods that could call.
      host: config.fakeNodes > 0 ? '127.0.0.1' : '0.0.0.0',
      port: config.apiPort,
      clock,
      random,
      log: log.with({ part: 'http' }),
      kubelet: {
        ...tlsOf(readKeyPair(paths, 'server-kubelet-client')),
        ca: readKeyPair(paths, 'ca').certificate,
      },
      serveStreaming,
    });
    const client = (user: string) => createClient(inProcessTransport(api.handle, systemUser(user)));
    const informers = createInformers({
      client: client('system:kube-controller-manager'),
      clock,
      random,
      log,
    });
    const recorder = (component: string, user: string) =>
      createEventRecorder({ client: client(user), clock, random, component });
    const deciders: Component[] = [
      runControllers({
        client: client('system:kube-controller-manager'),
        informers,
        clock,
        random,
        log: log.with({ part: 'controllers' }),
        clusterCidrs: [config.podCidr],
        rootCaPem: readKeyPair(paths, 'ca').certificate,
      }),
      createScheduler({
        client: client('system:kube-scheduler'),
        informers,
        clock,
        random,
        log: log.with({ part: 'scheduler' }),
        recorder: recorder('default-scheduler', 'system:kube-scheduler'),
      }),
      ...simulatedNodes({
        config,
        handle: api.handle,
        informers,
        clock,
        random,
        log: log.with({ part: 'nodes' }),
      }),
      { name: 'informers', run: (stop) => informers.run(stop) },
    ];
    const serving: Component = { name: 'API server', run: (stop) => api.run(stop) };
    const bootstrap: Component = {
      name: 'bootstrap and deciders',
      async run(stop) {
        await api.ready();
        await ensureBootstrapObjects({ handle: api.handle, reader: api.reader, signal: stop });
        await ensureDnsService(client('system:kubets'), config);
        log.info('ready', { port: config.apiPort, uptimeMs: Math.round(performance.now()) });
        await runComponents(deciders, stop);
      },
    };
    await runComponents([serving, bootstrap], signal);
    await http.close();
  } finally {
    await store.close();
  }
}

/** The API server of a cluster that `up` made. */
function clusterApiServer({
  paths,
  config,
  log,
  store,
}: Omit<RunServerOptions, 'signal'> & { store: Store }) {
  return createClusterApiServer({
    store,
    log,
    serviceAccountIssuer: `https://kubernetes.default.svc.${config.clusterDomain}`,
    serviceAccountPrivateKey: readFileSync(join(paths.pki, 'service-account.key'), 'utf8'),
    serviceAccountPublicKey: readFileSync(join(paths.pki, 'service-account.pub'), 'utf8'),
    serviceCidr: config.serviceCidr,
    kubeletPort: config.kubeletPort,
    advertised: { address: config.nodeAddress, port: config.apiPort },
    clientCa: readKeyPair(paths, 'ca').certificate,
  });
}

function tlsOf(pair: { certificate: string; key: string }) {
  return { cert: pair.certificate, key: pair.key };
}
