// `kubets server`: the store, the API server and everything that decides, in one process and one event loop.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBootstrapObjects } from '@kubets/apiserver/access/index.ts';
import { serveHttp } from '@kubets/apiserver/http/index.ts';
import { serveStreaming } from '@kubets/apiserver/http/streaming/index.ts';
import { type Component, type Logger, runComponents, systemClock, systemRandom } from '@kubets/base';
import { createClient, inProcessTransport } from '@kubets/client';
import type { Store } from '@kubets/storage';
import { refusePartOfSnapshot } from '@kubets/storage/snapshot/index.ts';
import { readKeyPair } from '../certificates/cluster_pki.ts';
import type { ClusterConfig } from '../cluster/config.ts';
import { ensureDnsService } from '../cluster/dns_service.ts';
import type { ClusterPaths } from '../cluster/paths.ts';
import { etcdKeeper } from '../etcd/etcd_keeper.ts';
import { joinEndpoint } from '../join/join_endpoint.ts';
import { ensureServerSecret } from '../join/server_token.ts';
import { scheduledSnapshots } from '../snapshots/scheduled_snapshots.ts';
import { createClusterApiServer } from './cluster_api_server.ts';
import { deciderInTurn, deciders, newInformers } from './deciders.ts';
import { awaitClusterStore } from './open_store.ts';
import { simulatedNodes } from './simulated_nodes.ts';
import { withoutConnections } from './without_connections.ts';

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
  const store = await awaitClusterStore({ paths, config, log: log.with({ part: 'store' }), signal });
  try {
    // The embedded store gets its name when it is whole.
    if (config.etcd) await refusePartOfSnapshot(store);
    const api = await clusterApiServer({ paths, config, log, store });
    const bootstrapped = api.expect('rbac/bootstrap-roles');
    const http = await serveHttp({
      handle: config.fakeNodes > 0 ? withoutConnections(api.handle) : api.handle,
      tls: { ...tlsOf(readKeyPair(paths, 'server')), clientCa: readKeyPair(paths, 'ca').certificate },
      // Simulated nodes have no pods that could call; other servers do.
      host: config.fakeNodes > 0 && !config.etcd ? '127.0.0.1' : '0.0.0.0',
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
    const informers = newInformers({ client, log });
    const options = { paths, config, client, log };
    const deciding: Component[] = [
      ...(config.etcd ? [deciderInTurn(options)] : deciders(options, informers)),
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
        bootstrapped();
        await ensureDnsService(client('system:kubets'), config);
        log.info('ready', { port: config.apiPort, uptimeMs: Math.round(performance.now()) });
        await runComponents(deciding, stop);
      },
    };
    const background: Component[] = [
      ...(config.etcd?.managed
        ? [etcdKeeper({ paths, config, clock, log: log.with({ part: 'etcd' }) })]
        : []),
      ...(config.scheduledSnapshots
        ? [scheduledSnapshots({ paths, config, store, clock, log: log.with({ part: 'snapshots' }) })]
        : []),
    ];
    try {
      await runComponents([serving, bootstrap, ...background], signal);
    } finally {
      await http.close();
    }
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
    historyMs: config.historyMs,
    advertised: { address: advertisedAddress(config), port: config.apiPort },
    clientCa: readKeyPair(paths, 'ca').certificate,
    join: config.etcd?.managed
      ? joinEndpoint({ paths, secret: ensureServerSecret(paths), log: log.with({ part: 'join' }) })
      : undefined,
  });
}

/** Endpoints may not be loopback addresses; that of a cluster of simulated nodes is one of their network. */
function advertisedAddress({ nodeAddress }: ClusterConfig): string {
  return nodeAddress.startsWith('127.') ? '198.18.255.254' : nodeAddress;
}

function tlsOf(pair: { certificate: string; key: string }) {
  return { cert: pair.certificate, key: pair.key };
}
