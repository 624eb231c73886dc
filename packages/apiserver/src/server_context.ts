// What filters and verbs share: made once by createApiServer.
import type { Clock, Logger, Ms, Random } from '@kubets/base';
import type { Store } from '@kubets/storage';
import type { AdmissionPlugin, Authenticator, Authorizer, Reader, TokenIssuer } from './access.ts';
import type { WatchCache } from './cache/watch_cache.ts';
import type { AuditHook } from './filters/audit.ts';
import type { ServerMetrics } from './health/server_metrics.ts';
import type { RouteTable } from './routes/route_table.ts';
import type { WriteHooks } from './verbs/write_hooks.ts';

export interface ServerContext {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly cache: WatchCache;
  readonly reader: Reader;
  readonly routes: RouteTable;
  readonly authenticators: readonly Authenticator[];
  readonly authorizers: readonly Authorizer[];
  readonly admission: readonly AdmissionPlugin[];
  readonly audit: AuditHook | undefined;
  readonly tokenIssuer: TokenIssuer | undefined;
  readonly metrics: ServerMetrics;
  readonly limits: {
    /** Reads at once (upstream --max-requests-inflight). */
    maxInFlight: number;
    maxMutatingInFlight: number;
    /** Milliseconds after which a request that isn't long-running is given up (upstream --request-timeout). */
    requestMs: Ms;
    /** Seconds that a watch without timeoutSeconds lives at least (upstream --min-request-timeout). */
    minWatchSeconds: number;
    /** Milliseconds that the store's history is kept at least. */
    historyMs: number;
    /** Pending events past which a slow watch is ended. */
    maxPendingWatchEvents: number;
  };
  /** Steps around the writes of single resources: allocation of addresses and ports. By `group/resource`. */
  readonly writeHooks: Readonly<Record<string, WriteHooks>>;
  readonly kubeletPort: number;
  /** True when a write that changes nothing must be made all the same: its value is encrypted with an old key. */
  readonly isStale?: (key: string, revision: number) => boolean;
}
