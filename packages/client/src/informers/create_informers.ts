import type { KubeObject } from '@kubets/api';
import { aborted, type Clock, type Logger, type Random } from '@kubets/base';
import type { Client, Informer, Informers, ResourceRef } from '../client.ts';
import { createInformer, type Selection, type StartableInformer } from './create_informer.ts';

export interface InformersOptions {
  client: Client;
  clock: Clock;
  random: Random;
  log: Logger;
}

/** One informer for each type and selection, shared by all who ask. */
export function createInformers(options: InformersOptions): Informers {
  const informers = new Map<string, StartableInformer<any>>();
  let start: ((informer: StartableInformer<any>) => void) | undefined;

  return {
    for<T extends KubeObject>(ref: ResourceRef<T>, selection: Selection = {}): Informer<T> {
      const { namespace = '', fieldSelector = '', labelSelector = '' } = selection;
      const id = [ref.group, ref.version, ref.resource, namespace, fieldSelector, labelSelector].join(' ');
      let informer = informers.get(id);
      if (!informer) {
        informer = createInformer({ ...options, ref, selection });
        informers.set(id, informer);
        start?.(informer);
      }
      return informer as Informer<T>;
    },
    /** Rejects when a handler throws: its component's state can't be trusted any more. */
    async run(signal) {
      const stop = new AbortController();
      const onAbort = () => stop.abort(signal.reason);
      if (signal.aborted) onAbort();
      signal.addEventListener('abort', onAbort, { once: true });
      let failure: { error: unknown } | undefined;
      const running: { stop: AbortController; done: Promise<void> }[] = [];
      start = (informer) => {
        // Each has a signal of its own: Node warns of a leak when one signal has more than ten listeners.
        const own = new AbortController();
        const done = informer.run(own.signal).catch((error) => {
          failure ??= { error };
          stop.abort(error);
        });
        running.push({ stop: own, done });
      };
      for (const informer of informers.values()) start(informer);
      await aborted(stop.signal);
      start = undefined;
      for (const { stop: own } of running) own.abort(stop.signal.reason);
      await Promise.all(running.map(({ done }) => done));
      signal.removeEventListener('abort', onAbort);
      if (failure) throw failure.error;
    },
    async synced() {
      await Promise.all([...informers.values()].map((informer) => informer.synced()));
    },
  };
}
