// A local copy of everything that can be collected. Built-in types share the informers of the process; types that
// come and go (CRDs, aggregated APIs) have their own, which end with the type.
import type { KubeObject } from '@kubets/api';
import type { Clock, Logger, Ms, Random } from '@kubets/base';
import { type Client, createInformers, type Informer, type ResourceRef, refs } from '@kubets/client';
import type { Caches } from '../runtime/caches.ts';
import { discover, resourceName } from '../runtime/discover.ts';

/** A type that can't be listed (a broken conversion webhook) must not stop all collection. */
const syncTimeoutMs: Ms = 30_000;

/** Events are many, short-lived and own nothing. */
const ignored = new Set(['events', 'events.events.k8s.io']);

export type OnChange = (
  ref: ResourceRef,
  object: KubeObject | undefined,
  old: KubeObject | undefined,
) => void;

interface Monitor {
  informer: Informer<KubeObject>;
  ready: Promise<void>;
  stop?: AbortController;
}

interface Options {
  client: Client;
  caches: Caches;
  clock: Clock;
  random: Random;
  log: Logger;
}

export class ResourceMonitors {
  readonly #options: Options;
  readonly #onChange: OnChange;
  readonly #monitors = new Map<string, Monitor>();
  #known: readonly ResourceRef[] = [];

  constructor(options: Options, onChange: OnChange) {
    this.#options = options;
    this.#onChange = onChange;
  }

  /** Starts and ends monitors as the server's types come and go. True when there was a change. */
  async refresh(signal: AbortSignal): Promise<boolean> {
    const { resources, failed } = await discover(this.#options.client);
    this.#known = resources.map(({ ref }) => ref);
    const collectable = resources.filter(
      ({ ref, verbs }) =>
        ['list', 'watch', 'delete'].every((verb) => verbs.includes(verb)) && !ignored.has(resourceName(ref)),
    );
    const wanted = new Map(collectable.map(({ ref }) => [resourceName(ref), ref]));
    let changed = false;
    for (const [name, ref] of wanted) {
      if (this.#monitors.has(name)) continue;
      this.#monitors.set(name, this.#start(ref, signal));
      changed = true;
    }
    // A group whose server is down has not lost its types.
    if (failed.length > 0) return changed;
    for (const [name, monitor] of this.#monitors) {
      if (wanted.has(name) || !monitor.stop) continue;
      this.#monitors.delete(name);
      monitor.stop.abort();
      for (const object of [...monitor.informer.list()])
        this.#onChange(monitor.informer.ref, undefined, object);
      changed = true;
    }
    return changed;
  }

  /** Resolves when every type is known, or has been waited for long enough. */
  async ready(): Promise<void> {
    await Promise.all(Array.from(this.#monitors.values(), (monitor) => monitor.ready));
  }

  get(resource: string, key: string): KubeObject | undefined {
    return this.#monitors.get(resource)?.informer.get(key);
  }

  refOf(resource: string): ResourceRef | undefined {
    return this.#monitors.get(resource)?.informer.ref;
  }

  /** The type that an owner reference names; whatever its version. */
  find(group: string, kind: string): ResourceRef | undefined {
    return this.#known.find((ref) => ref.kind === kind && ref.group === group);
  }

  #start(ref: ResourceRef, signal: AbortSignal): Monitor {
    const { caches, client, clock, random, log } = this.#options;
    const builtIn = builtIns.get(resourceName(ref));
    const stop = new AbortController();
    const onAbort = () => stop.abort();
    let informer: Informer<KubeObject>;
    if (builtIn) informer = caches.of(builtIn);
    else {
      const own = createInformers({ client, clock, random, log });
      informer = own.for(ref);
      signal.addEventListener('abort', onAbort, { once: true });
      own
        .run(stop.signal)
        .catch((error) => log.warn('a monitor has ended', { ...ref, error: String(error) }));
    }
    informer.onChange((object, old) => {
      if (!stop.signal.aborted) this.#onChange(informer.ref, object, old);
    });
    const timeout = new AbortController();
    const ready = Promise.race([informer.synced(), clock.sleep(syncTimeoutMs, timeout.signal)])
      .catch(() => {})
      .finally(() => timeout.abort());
    return { informer, ready, ...(!builtIn && { stop }) };
  }
}

const builtIns = new Map(Object.values<ResourceRef<any>>(refs).map((ref) => [resourceName(ref), ref]));
