// Where `kubets apiserver` keeps objects: memory, the embedded store or etcd; encrypted or not.
import { readFileSync } from 'node:fs';
import { type Logger, systemClock } from '@kubets/base';
import { resources } from '@kubets/resources';
import { memoryStore, type Store } from '@kubets/storage';
import type { EncryptedStore } from '@kubets/storage/encryption/index.ts';
import { openLmdbStore } from '@kubets/storage/lmdb/index.ts';

export interface ApiServerStoreOptions {
  /** Folder of the embedded store. Without it and `etcdServers`, objects live in memory only. */
  storePath?: string;
  etcdServers?: readonly string[];
  etcdPrefix?: string;
  /** PEM files. */
  etcdCaFile?: string;
  etcdCertificateFile?: string;
  etcdKeyFile?: string;
  /** An EncryptionConfiguration. */
  encryptionConfigFile?: string;
  log: Logger;
}

export async function openApiServerStore(
  options: ApiServerStoreOptions,
): Promise<{ store: Store; isStale?: EncryptedStore['isStale'] }> {
  const log = options.log.with({ part: 'store' });
  const { encryptionConfigFile } = options;
  if (encryptionConfigFile === undefined) return { store: await openPlainStore(options, log) };
  // Loaded when it is needed, like etcd's store: with them comes gRPC, a third of all that a start would read.
  const { encryptedStore, kmsCipher, parseEncryptionConfig } = await import(
    '@kubets/storage/encryption/index.ts'
  );
  // Before anything is opened: a mistake in it shows at once.
  const rules = parseEncryptionConfig(readFileSync(encryptionConfigFile, 'utf8'));
  const plain = await openPlainStore(options, log);
  const store = encryptedStore({
    store: plain,
    rules,
    resourceOf,
    kmsCipher: (provider) => kmsCipher({ ...provider, clock: systemClock }),
    prefix: options.etcdServers && options.etcdPrefix,
    log,
  });
  return { store, isStale: store.isStale };
}

async function openPlainStore(options: ApiServerStoreOptions, log: Logger): Promise<Store> {
  const { storePath, etcdServers, etcdPrefix: prefix } = options;
  if (etcdServers) {
    const read = (path: string | undefined) => (path === undefined ? undefined : readFileSync(path, 'utf8'));
    const ca = read(options.etcdCaFile);
    const certificate = read(options.etcdCertificateFile);
    const tls = ca || certificate ? { ca, certificate, key: read(options.etcdKeyFile) } : undefined;
    const { openEtcdStore } = await import('@kubets/storage/etcd/index.ts');
    return openEtcdStore({ endpoints: etcdServers, tls, prefix, clock: systemClock, log });
  }
  return storePath === undefined
    ? memoryStore()
    : openLmdbStore({ path: storePath, clock: systemClock, log });
}

const byStoragePath = new Map(resources.map(({ id, storagePath }) => [storagePath, id]));

/** `/registry/pods/...`, `/registry/services/specs/...`, `/registry/example.com/widgets/...`. */
export function resourceOf(key: string): { group: string; resource: string } {
  const [, , one = '', two = ''] = key.split('/');
  const builtIn = byStoragePath.get(one) ?? byStoragePath.get(`${one}/${two}`);
  if (builtIn) return { group: builtIn.group, resource: builtIn.resource };
  // Custom resources stand below their group, which always has a dot.
  return one.includes('.') ? { group: one, resource: two } : { group: '', resource: one };
}
