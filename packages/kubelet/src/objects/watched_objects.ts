// ReferencedObjects over the API: one watch for each object that a pod of the node names, as long as it does.
import type { ConfigMap, KubeObject, Secret } from '@kubets/api';
import { type Clock, errorMessage, type Logger } from '@kubets/base';
import { type Client, type ResourceRef, refs } from '@kubets/client';
import type { ObjectName, ReferencedObjects } from './referenced_objects.ts';

interface Watched {
  readonly name: ObjectName;
  /** Pods that name it, with what to call when it changes. */
  readonly users: Map<string, () => void>;
  readonly stop: AbortController;
  /** The object, or null where there is none; undefined before the first answer. */
  object: KubeObject | null | undefined;
}

const retryMs = 1_000;
const maxRetryMs = 30_000;

export function watchedObjects(options: { client: Client; clock: Clock; log: Logger }): ReferencedObjects {
  const { client, clock, log } = options;
  /** Bounded by what the pods of the node name. */
  const watched = new Map<string, Watched>();
  const byPod = new Map<string, Set<string>>();

  function refOf(kind: ObjectName['kind']): ResourceRef<KubeObject> {
    return (kind === 'Secret' ? refs.secrets : refs.configMaps) as ResourceRef<KubeObject>;
  }

  function begin(name: ObjectName): Watched {
    const entry: Watched = { name, users: new Map(), stop: new AbortController(), object: undefined };
    void followObject(entry);
    return entry;
  }

  async function followObject(entry: Watched): Promise<void> {
    const { signal } = entry.stop;
    let failures = 0;
    while (!signal.aborted) {
      try {
        await listAndWatch(entry);
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        failures++;
        log.debug('object not followed', { ...entry.name, reason: errorMessage(error) });
      }
      const delay = Math.min(maxRetryMs, retryMs * 2 ** Math.min(failures, 5));
      await clock.sleep(delay, signal).catch(() => {});
    }
  }

  async function listAndWatch(entry: Watched): Promise<void> {
    const { kind, namespace, name } = entry.name;
    const { signal } = entry.stop;
    // The node authorizer knows single objects by this selector.
    const selector = { namespace, fieldSelector: `metadata.name=${name}` };
    const list = await client.list(refOf(kind), selector);
    set(entry, list.items[0] ?? null);
    // What can't change need not be watched.
    if ((list.items[0] as ConfigMap | undefined)?.immutable) return untilStopped(signal);
    const options = { ...selector, resourceVersion: list.resourceVersion };
    for await (const events of client.watch(refOf(kind), options, signal))
      for (const event of events)
        if (event.type !== 'BOOKMARK') set(entry, event.type === 'DELETED' ? null : event.object);
  }

  function set(entry: Watched, object: KubeObject | null): void {
    const before = entry.object;
    entry.object = object;
    const same = before?.metadata.resourceVersion === object?.metadata.resourceVersion;
    if (before !== undefined && !same) for (const changed of entry.users.values()) changed();
  }

  async function get<T extends KubeObject>(
    kind: ObjectName['kind'],
    namespace: string,
    name: string,
  ): Promise<T> {
    const entry = watched.get(`${kind}/${namespace}/${name}`);
    // What the watch has not heard of, or not yet, may be there all the same: ask.
    if (!entry?.object) return client.get(refOf(kind) as ResourceRef<T>, name, namespace);
    return entry.object as T;
  }

  function release(podUid: string): void {
    for (const key of byPod.get(podUid) ?? []) unuse(podUid, key);
    byPod.delete(podUid);
  }

  function unuse(podUid: string, key: string): void {
    const entry = watched.get(key);
    entry?.users.delete(podUid);
    if (!entry || entry.users.size > 0) return;
    entry.stop.abort(new Error('no pod names the object any more'));
    watched.delete(key);
  }

  return {
    configMap: (namespace, name) => get<ConfigMap>('ConfigMap', namespace, name),
    secret: (namespace, name) => get<Secret>('Secret', namespace, name),
    follow(podUid, references, changed) {
      const keys = new Set(references.map(({ kind, namespace, name }) => `${kind}/${namespace}/${name}`));
      for (const key of byPod.get(podUid) ?? []) if (!keys.has(key)) unuse(podUid, key);
      for (const reference of references) {
        const key = `${reference.kind}/${reference.namespace}/${reference.name}`;
        let entry = watched.get(key);
        if (!entry) watched.set(key, (entry = begin(reference)));
        entry.users.set(podUid, changed);
      }
      byPod.set(podUid, keys);
    },
    release,
  };
}

function untilStopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
