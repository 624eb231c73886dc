// Controllers and scheduler: what decides, in the server's process.
import {
  type Component,
  errorMessage,
  type Logger,
  runComponents,
  systemClock,
  systemRandom,
} from '@kubets/base';
import {
  type Client,
  createEventRecorder,
  createInformers,
  type Informers,
  LeaseLostError,
} from '@kubets/client';
import { runControllers } from '@kubets/controllers';
import { createScheduler } from '@kubets/scheduler';
import { readKeyPair } from '../certificates/cluster_pki.ts';
import { certificateSigner } from '../certificates/sign_request.ts';
import type { ClusterConfig } from '../cluster/config.ts';
import type { ClusterPaths } from '../cluster/paths.ts';
import { leading } from './leading.ts';

export interface DecidersOptions {
  paths: ClusterPaths;
  config: ClusterConfig;
  /** A client of the server as one of its components. */
  client(user: string): Client;
  log: Logger;
}

const clock = systemClock;
const random = systemRandom;

export function newInformers({ client, log }: Pick<DecidersOptions, 'client' | 'log'>): Informers {
  return createInformers({ client: client('system:kube-controller-manager'), clock, random, log });
}

/** The only server decides: on informers that others of the process use as well. */
export function deciders(options: DecidersOptions, informers: Informers): Component[] {
  return [controllers(options, informers), scheduler(options, informers)];
}

/**
 * Of several servers one decides; the others' caches and queues are warm when they take over. One that loses its
 * Lease forgets all that it knew and waits for its turn, while its API server goes on.
 */
export function deciderInTurn(options: DecidersOptions): Component {
  const { client, log } = options;
  const led = (name: string, component: Component) =>
    leading({ name, component, client: client('system:kubets'), clock, random, log });
  return {
    name: 'deciders',
    async run(signal) {
      while (!signal.aborted) {
        const informers = newInformers(options);
        try {
          await runComponents(
            [
              led('kube-controller-manager', controllers(options, informers)),
              led('kube-scheduler', scheduler(options, informers)),
              { name: 'informers', run: (stop) => informers.run(stop) },
            ],
            signal,
          );
        } catch (error) {
          if (!(error instanceof LeaseLostError)) throw error;
          log.warn('deciding no more', { reason: errorMessage(error) });
        }
      }
    },
  };
}

function controllers({ paths, config, client, log }: DecidersOptions, informers: Informers): Component {
  const authority = readKeyPair(paths, 'ca');
  return runControllers({
    client: client('system:kube-controller-manager'),
    informers,
    clock,
    random,
    log: log.with({ part: 'controllers' }),
    clusterCidrs: [config.podCidr],
    rootCaPem: authority.certificate,
    signCertificate: certificateSigner({ authority, clock }),
  });
}

function scheduler({ client, log }: DecidersOptions, informers: Informers): Component {
  const user = client('system:kube-scheduler');
  return createScheduler({
    client: user,
    informers,
    clock,
    random,
    log: log.with({ part: 'scheduler' }),
    recorder: createEventRecorder({ client: user, clock, random, component: 'default-scheduler' }),
  });
}
