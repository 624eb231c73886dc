// Where the bytes of a snapshot come from: the running server, or the store of a server that is stopped.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { request } from 'node:https';
import { join, relative } from 'node:path';
import { rfc3339, silentLogger, systemClock } from '@kubets/base';
import { encodeFrame, saveStore, snapshotMagic } from '@kubets/storage/snapshot/index.ts';
import { readKeyPair } from '../certificates/cluster_pki.ts';
import type { ClusterConfig } from '../cluster/config.ts';
import type { ClusterPaths } from '../cluster/paths.ts';
import { UserError } from '../main.ts';
import { openClusterStore } from '../processes/open_store.ts';
import { livePid } from '../processes/process_record.ts';
import { productVersion } from '../version.ts';

/** A server that is that long silent hangs. */
const silenceMs = 120_000;

/** What the first frame of a snapshot says. */
export interface SnapshotAbout {
  product: string;
  cluster: ClusterConfig;
}

/** A whole snapshot: configuration, certificates, keys, and the store at one revision. */
export async function* clusterSnapshot(
  paths: ClusterPaths,
  config: ClusterConfig,
): AsyncGenerator<Uint8Array> {
  const running = livePid(paths, 'server') !== undefined;
  yield* snapshotOf(paths, config, running ? runningStore(paths, config) : stoppedStore(paths, config));
}

/** The same of a store whose frames the caller has. */
export async function* snapshotOf(
  paths: ClusterPaths,
  config: ClusterConfig,
  store: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield snapshotMagic;
  const about: SnapshotAbout = { product: productVersion, cluster: config };
  yield encodeFrame({ type: 'about', about: { ...about } });
  const files = [...filesOf(paths.pki), ...filesOf(paths.kubeconfigs)];
  if (existsSync(paths.serverSecret)) files.push(paths.serverSecret);
  for (const file of files) {
    yield encodeFrame({
      type: 'file',
      path: relative(paths.root, file),
      mode: statSync(file).mode & 0o777,
      bytes: readFileSync(file),
    });
  }
  yield* store;
}

function filesOf(folder: string): string[] {
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name));
}

async function* stoppedStore(paths: ClusterPaths, config: ClusterConfig): AsyncGenerator<Uint8Array> {
  const store = await openClusterStore(paths, config, silentLogger);
  try {
    yield* saveStore(store, { takenAt: rfc3339(systemClock.now()) });
  } finally {
    await store.close();
  }
}

async function* runningStore(paths: ClusterPaths, config: ClusterConfig): AsyncGenerator<Uint8Array> {
  const admin = readKeyPair(paths, 'admin');
  const response = await new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
    const asked = request({
      host: '127.0.0.1',
      port: config.apiPort,
      path: '/kubets/v1/snapshot',
      ca: readKeyPair(paths, 'ca').certificate,
      cert: admin.certificate,
      key: admin.key,
      agent: false,
    });
    asked.once('response', resolve);
    asked.once('error', (error) => reject(new UserError(`the server gives no snapshot: ${error.message}`)));
    asked.setTimeout(silenceMs, () => asked.destroy(new Error('it does not answer')));
    asked.end();
  });
  if (response.statusCode !== 200) {
    response.destroy();
    throw new UserError(`the server answers ${response.statusCode}: it cannot give a snapshot`);
  }
  yield* response as AsyncIterable<Uint8Array>;
}
