import type { KubeObject } from '@kubets/api';
import type { Informer, Informers, ResourceRef } from '@kubets/client';

/** A named way to find objects: the values under which an object is filed. A constant of its module. */
export interface Index<T extends KubeObject> {
  readonly name: string;
  values(object: T): readonly string[];
}

export type Lookup<T extends KubeObject> = (value: string) => readonly T[];

/** The informers as one controller sees them: shared with all others, but it waits only for those it uses. */
export class Caches {
  readonly #informers: Informers;
  readonly #used = new Set<Informer<any>>();

  constructor(informers: Informers) {
    this.#informers = informers;
  }

  of<T extends KubeObject>(ref: ResourceRef<T>): Informer<T> {
    const informer = this.#informers.for(ref);
    this.#used.add(informer);
    return informer;
  }

  /** Controllers that ask for the same index share it. */
  lookup<T extends KubeObject>(ref: ResourceRef<T>, index: Index<NoInfer<T>>): Lookup<T> {
    const informer = this.of(ref);
    const name = `controllers/${index.name}`;
    informer.addIndex(name, index.values);
    return (value) => informer.byIndex(name, value);
  }

  /** Resolves when everything asked for so far has its first list. */
  async synced(): Promise<void> {
    await Promise.all([...this.#used].map((informer) => informer.synced()));
  }
}
