// What /healthz, /livez and /readyz look at. Each check stands for something that is really there and can fail.
import { type Clock, errorMessage, type Ms } from '@kubets/base';
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

/** As upstream's --etcd-healthcheck-timeout and --etcd-readycheck-timeout. */
const storeTimeoutMs: Ms = 2_000;

/** In upstream's order and under its names, as far as what they name exists here. */
export function healthChecks(
  server: ServerContext,
  hooks: StartHooks,
  isShuttingDown: () => boolean,
): Check[] {
  const { store, cache, clock, log } = server;
  const problemOf = (answer: Promise<string | undefined>) => inTime(clock, answer.catch(errorMessage));
  return [
    // That the server answers at all.
    { name: 'ping', problem: () => undefined },
    { name: 'log', problem: () => attempt(() => log.debug('health check')) },
    { name: 'etcd', problem: () => problemOf(store.revision().then(() => undefined)) },
    {
      // The store's alarms: a full disk refuses writes, reads go on.
      name: 'etcd-readiness',
      problem: () => problemOf(alarms(server)),
      of: ['readyz'],
    },
    {
      // A consistent read would be answered: after an outage the store may answer again before its watch goes on.
      name: 'informer-sync',
      problem: () =>
        cache.isReady
          ? problemOf(cache.fresh().then(() => undefined))
          : (cache.failure ?? 'caches are loading'),
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

async function alarms({ store }: ServerContext): Promise<string | undefined> {
  return (await store.problems?.())?.join('; ') || undefined;
}

function inTime(clock: Clock, problem: Promise<string | undefined>): Promise<string | undefined> {
  return new Promise((resolve) => {
    const cancel = clock.after(storeTimeoutMs, () => resolve(`no answer within ${storeTimeoutMs} ms`));
    void problem.then(resolve).finally(cancel);
  });
}

function attempt(run: () => void): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    return errorMessage(error);
  }
}
