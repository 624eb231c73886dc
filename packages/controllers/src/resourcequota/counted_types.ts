// Local copies of just those types that some quota counts. Types that are not built in end with their definition.
import type { KubeObject } from '@kubets/api';
import { createInformers, type Informer, type ResourceRef, refs } from '@kubets/client';
import type { ControllerContext } from '../runtime/controller.ts';
import { discover, resourceName } from '../runtime/discover.ts';
import { byNamespace } from '../runtime/indexes.ts';

type OnChange = (type: string, namespace: string) => void;

interface Counted {
  informer: Informer<KubeObject>;
  stop?: AbortController;
}

const indexName = `controllers/${byNamespace.name}`;

export class CountedTypes {
  readonly #context: ControllerContext;
  readonly #onChange: OnChange;
  readonly #counted = new Map<string, Counted>();
  #signal: AbortSignal | undefined;

  constructor(context: ControllerContext, onChange: OnChange) {
    this.#context = context;
    this.#onChange = onChange;
  }

  /** Copies of types that come and go end with `signal`. */
  startUntil(signal: AbortSignal): void {
    this.#signal = signal;
    signal.addEventListener('abort', () => this.#keep(new Set()), { once: true });
  }

  /** Objects of `type` in the namespace; undefined for a type that the server does not have. */
  async objects(type: string, namespace: string): Promise<readonly KubeObject[] | undefined> {
    const counted = this.#counted.get(type) ?? (await this.#start(type));
    if (!counted) return undefined;
    await counted.informer.synced();
    return counted.informer.byIndex(indexName, namespace);
  }

  /** Ends the copies of types that no quota counts any more. */
  keepOnly(types: ReadonlySet<string>): void {
    this.#keep(types);
  }

  async #start(type: string): Promise<Counted | undefined> {
    const { caches, client, clock, random, log } = this.#context;
    const builtIn = builtIns.get(type);
    const ref = builtIn ?? (await findType(this.#context, type));
    const started = this.#counted.get(type);
    if (!ref || started) return started;
    const stop = builtIn ? undefined : new AbortController();
    let informer: Informer<KubeObject>;
    if (builtIn) informer = caches.of(builtIn);
    else {
      const own = createInformers({ client, clock, random, log });
      informer = own.for(ref);
      if (this.#signal?.aborted) stop!.abort();
      own.run(stop!.signal).catch((error) => log.warn('a count has ended', { type, error: String(error) }));
    }
    informer.addIndex(indexName, byNamespace.values);
    const counted = { informer, ...(stop && { stop }) };
    this.#counted.set(type, counted);
    informer.onChange((object, old) => {
      const { namespace } = (object ?? old)!.metadata;
      if (namespace && !stop?.signal.aborted && concerns(object, old)) this.#onChange(type, namespace);
    });
    return counted;
  }

  #keep(types: ReadonlySet<string>): void {
    for (const [type, { stop }] of this.#counted) {
      if (types.has(type) || !stop) continue;
      stop.abort();
      this.#counted.delete(type);
    }
  }
}

/** Objects count the same as long as their spec does, and, for pods, while they have not ended. */
function concerns(object: KubeObject | undefined, old: KubeObject | undefined): boolean {
  if (!object || !old) return true;
  const phase = (of: KubeObject) => (of as { status?: { phase?: string } }).status?.phase;
  return (
    object.metadata.generation === undefined ||
    object.metadata.generation !== old.metadata.generation ||
    object.metadata.deletionTimestamp !== old.metadata.deletionTimestamp ||
    phase(object) !== phase(old)
  );
}

async function findType({ client }: ControllerContext, type: string): Promise<ResourceRef | undefined> {
  const { resources } = await discover(client);
  return resources.find(
    ({ ref, verbs }) => resourceName(ref) === type && ref.namespaced && verbs.includes('watch'),
  )?.ref;
}

const builtIns = new Map(Object.values<ResourceRef<any>>(refs).map((ref) => [resourceName(ref), ref]));
