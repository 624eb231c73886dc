// The API server with everything a cluster expects of one: authentication, authorization, admission, every kind.
import { type ApiServer, createApiServer, type Reader } from '@kubets/apiserver';
import {
  admissionPlugins,
  createNodeAuthorizer,
  createRbacAuthorizer,
  createServiceAccountAuthenticator,
  createTokenIssuer,
  type PluginChoice,
  superuserAuthorizer,
  writeQuotaStatus,
} from '@kubets/apiserver/access/index.ts';
import { processMetrics } from '@kubets/apiserver/http/process_metrics.ts';
import { type Logger, systemClock, systemRandom } from '@kubets/base';
import { resources } from '@kubets/resources';
import type { Store } from '@kubets/storage';
import type { JoinPart } from '../join/join_endpoint.ts';
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
  /** How long the store's history is kept at least. */
  historyMs?: number | undefined;
  /** How other servers join this one. */
  join?: JoinPart | undefined;
  /** As the flags of kube-apiserver. */
  runtimeConfig?: string;
  /** Of a store that encrypts. */
  isStale?: (key: string, revision: number) => boolean;
  featureGates?: string;
  requestMs?: number;
  /** What `/flagz` shows. */
  flags?: Readonly<Record<string, string>>;
  /** Default: what kube-apiserver runs by default, and NodeRestriction. */
  admission?: PluginChoice | undefined;
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
  const authorizers = [
    ...(options.join ? [options.join.authorizer] : []),
    superuserAuthorizer,
    createNodeAuthorizer(reader),
    createRbacAuthorizer(reader),
  ];
  const api = createApiServer({
    store,
    clock,
    random,
    log: log.with({ part: 'apiserver' }),
    resources,
    authenticators: [
      ...(options.join ? [options.join.authenticator] : []),
      createServiceAccountAuthenticator({ issuer, reader, audiences: [issuer.issuer] }),
    ],
    authorizers,
    admission: admissionPlugins({
      reader,
      clock,
      random,
      authorizers,
      plugins: options.admission ?? { enable: ['NodeRestriction'] },
      writeQuotaStatus: (quota) => writeQuotaStatus(api.handle, quota),
    }),
    tokenIssuer: issuer,
    processMetrics,
    version: kubernetesVersion,
    serviceCidr: options.serviceCidr,
    nodePortRange: options.nodePortRange,
    kubeletPort: options.kubeletPort,
    advertised: options.advertised,
    clientCa: options.clientCa,
    limits: {
      ...(options.historyMs !== undefined && { historyMs: options.historyMs }),
      ...(options.requestMs !== undefined && { requestMs: options.requestMs }),
    },
    ownPaths: options.join?.endpoints,
    runtimeConfig: options.runtimeConfig,
    isStale: options.isStale,
    featureGates: options.featureGates,
    flags: options.flags,
  });
  return api;
}
