import type { KubeObject } from '@kubets/api';
import type { Ms } from '@kubets/base';
import type { Informer } from '@kubets/client';

export type Enqueue = (key: string, afterMs?: Ms) => void;

/** A source of keys. */
export interface Watch {
  /** Begins to hand keys to `enqueue`; returns at once. What it starts ends when `signal` aborts. */
  start(enqueue: Enqueue, signal: AbortSignal): void;
}

/** Keys for each change of an object; `old` is undefined for a new one, `object` for one that has gone. */
export function watch<T extends KubeObject>(
  informer: Informer<T>,
  keysOf: (object: T | undefined, old: T | undefined) => Iterable<string>,
): Watch {
  return watchAfter(informer, undefined, keysOf);
}

/** The same, with a delay in which more changes may gather. */
export function watchAfter<T extends KubeObject>(
  informer: Informer<T>,
  afterMs: Ms | undefined,
  keysOf: (object: T | undefined, old: T | undefined) => Iterable<string>,
): Watch {
  return {
    start(enqueue) {
      informer.onChange((object, old) => {
        for (const key of keysOf(object, old)) enqueue(key, afterMs);
      });
    },
  };
}

/** The changed objects themselves. */
export function watchSelf<T extends KubeObject>(
  informer: Informer<T>,
  concerns?: (object: T) => boolean,
): Watch {
  return watch(informer, (object, old) => {
    const any = (object ?? old)!;
    if (concerns && !concerns(any) && !(old && concerns(old))) return [];
    const { namespace, name } = any.metadata;
    return [namespace ? `${namespace}/${name}` : name];
  });
}

/** Every change leads to one and the same key. */
export function watchAs<T extends KubeObject>(
  informer: Informer<T>,
  key: string,
  concerns?: (object: T | undefined, old: T | undefined) => boolean,
): Watch {
  return watch(informer, (object, old) => (!concerns || concerns(object, old) ? [key] : []));
}
