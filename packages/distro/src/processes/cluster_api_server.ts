// The API server with everything a cluster expects of one: authentication, authorization, admission, every kind.
import { type ApiServer, createApiServer, type Reader } from '@kubets/apiserver';
import {
  admissionPlugins,
  createNodeAuthorizer,
  createRbacAuthorizer,
  createServiceAccountAuthenticator,
  createTokenIssuer,
  superuserAuthorizer,
  writeQuotaStatus,
} from '@kubets/apiserver/access/index.ts';
import { type Logger, systemClock, systemRandom } from '@kubets/base';
import { resources } from '@kubets/resources';
import type { Store } from '@kubets/storage';
import { kubernetesVersion } from '../version.ts';

export interface ClusterApiServerOptions {
  store: Store;
  log: Logger;
  serviceAccountIssuer: string;
  /** PEM, EC P-256. */
  serviceAccountPrivateKey: string;
  serviceAccountPublicKey: string;
  serviceCidr?: string;
  nodePortRange?: { from: number; to: number };
  kubeletPort?: number;
  /** How nodes and pods reach this server. */
  advertised?: { address: string; port: number };
  /** PEM of the CAs whose client certificates are users. */
  clientCa: string;
}

const clock = systemClock;
const random = systemRandom;

export async function createClusterApiServer(options: ClusterApiServerOptions): Promise<ApiServer> {
  const { store, log } = options;
  const issuer = await createTokenIssuer({
    clock,
    issuer: options.serviceAccountIssuer,
    privateKey: options.serviceAccountPrivateKey,
    publicKey: options.serviceAccountPublicKey,
  });
  // Access control reads the caches of the very server that it is handed to.
  const reader: Reader = {
    get: (...where) => api.reader.get(...where),
    list: (...where) => api.reader.list(...where),
  };
  const api = createApiServer({
    store,
    clock,
    random,
    log: log.with({ part: 'apiserver' }),
    resources,
    authenticators: [createServiceAccountAuthenticator({ issuer, reader, audiences: [issuer.issuer] })],
    authorizers: [superuserAuthorizer, createNodeAuthorizer(reader), createRbacAuthorizer(reader)],
    admission: admissionPlugins({
      reader,
      clock,
      random,
      writeQuotaStatus: (quota) => writeQuotaStatus(api.handle, quota),
    }),
    tokenIssuer: issuer,
    version: kubernetesVersion,
    serviceCidr: options.serviceCidr,
    nodePortRange: options.nodePortRange,
    kubeletPort: options.kubeletPort,
    advertised: options.advertised,
    clientCa: options.clientCa,
  });
  return api;
}
