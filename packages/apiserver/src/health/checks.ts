// What /healthz, /livez and /readyz look at. Each check stands for something that is really there and can fail.
import { errorMessage } from '@kubets/base';
import type { ServerContext } from '../server_context.ts';
import type { StartHooks } from './start_hooks.ts';

type Kind = 'healthz' | 'livez' | 'readyz';

export interface Check {
  name: string;
  /** Why the check fails; undefined: it doesn't. */
  problem(): Promise<string | undefined> | string | undefined;
  /** Default: all three. */
  of?: readonly Kind[];
}

/** In upstream's order and under its names, as far as what they name exists here. */
export function healthChecks(
  server: ServerContext,
  hooks: StartHooks,
  isShuttingDown: () => boolean,
): Check[] {
  const { store, cache, log } = server;
  return [
    // That the server answers at all.
    { name: 'ping', problem: () => undefined },
    { name: 'log', problem: () => attempt(() => log.debug('health check')) },
    { name: 'etcd', problem: () => store.revision().then(() => undefined, errorMessage) },
    {
      // The store's alarms: a full disk refuses writes, reads go on.
      name: 'etcd-readiness',
      problem: async () => (await store.problems?.())?.join('; ') || undefined,
      of: ['readyz'],
    },
    {
      name: 'informer-sync',
      problem: () => (cache.isReady ? undefined : 'caches are loading'),
      of: ['readyz'],
    },
    ...hooks.names().map((name) => ({
      name: `poststarthook/${name}`,
      problem: () => (hooks.isDone(name) ? undefined : 'not finished'),
    })),
    {
      // Load balancers are told first; requests under way still finish.
      name: 'shutdown',
      problem: () => (isShuttingDown() ? 'process is shutting down' : undefined),
      of: ['readyz'],
    },
  ];
}

function attempt(run: () => void): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    return errorMessage(error);
  }
}
