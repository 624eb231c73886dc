import type { KubeObject } from '@kubets/api';
import type { Informer, ResourceRef, WatchEvent } from '../client.ts';
import type { InformersOptions } from './create_informers.ts';
import { follow } from './follow.ts';
import { IndexedCopy } from './indexed_copy.ts';

export interface Selection {
  namespace?: string;
  fieldSelector?: string;
  labelSelector?: string;
}

export interface StartableInformer<T extends KubeObject> extends Informer<T> {
  run(signal: AbortSignal): Promise<void>;
}

type ChangeHandler<T> = (object: T | undefined, old: T | undefined) => void;

export function createInformer<T extends KubeObject>(
  options: InformersOptions & { ref: ResourceRef<T>; selection: Selection },
): StartableInformer<T> {
  const { ref, selection } = options;
  const handlers: ChangeHandler<T>[] = [];
  const copy = new IndexedCopy<T>((object, old) => {
    // One that a handler adds meanwhile has been told of this change already, as of all that is there.
    const told = handlers.length;
    for (let i = 0; i < told; i++) handlers[i]!(object, old);
  });
  let synced = false;
  let stopped: { reason: unknown } | undefined;
  let waiting: { resolve: () => void; reject: (reason: unknown) => void }[] = [];

  function onList(objects: readonly T[]): void {
    copy.replace(objects);
    synced = true;
    for (const { resolve } of waiting) resolve();
    waiting = [];
  }

  function onEvents(events: readonly WatchEvent<T>[]): void {
    for (const event of events) {
      if (event.type === 'BOOKMARK') continue;
      if (event.type === 'DELETED') copy.delete(event.object);
      else copy.set(event.object);
    }
  }

  return {
    ref,
    get: (key) => copy.get(key),
    list: () => copy.list(),
    byIndex: (name, value) => copy.byIndex(name, value),
    addIndex: (name, values) => copy.addIndex(name, values),
    onChange(handler) {
      handlers.push(handler);
      for (const object of [...copy.list()]) handler(object, undefined);
    },
    synced() {
      if (synced) return Promise.resolve();
      if (stopped) return Promise.reject(stopped.reason);
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
    get hasSynced() {
      return synced;
    },
    async run(signal) {
      try {
        await follow({ ...options, ...selection, signal, onList, onEvents });
      } finally {
        // Nobody must wait for a list that will not come.
        stopped = { reason: signal.aborted ? signal.reason : new Error('the informer has ended') };
        for (const { reject } of waiting) reject(stopped.reason);
        waiting = [];
      }
    },
  };
}
