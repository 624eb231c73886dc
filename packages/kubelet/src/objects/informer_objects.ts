import { type ConfigMap, type KubeObject, notFound, type Secret } from '@kubets/api';
import type { Informer, Informers } from '@kubets/client';
import { refs } from '@kubets/client';
import type { ReferencedObjects } from './referenced_objects.ts';

/** ReferencedObjects of all kubelets of a process over two informers: for simulated nodes, which may read all. */
export function informerObjects(informers: Informers): ReferencedObjects {
  const configMaps = informers.for(refs.configMaps);
  const secrets = informers.for(refs.secrets);
  const users = new Map<string, { keys: Set<string>; changed: () => void }>();
  const byKey = new Map<string, Set<string>>();

  const tell = (kind: string) => (object: KubeObject | undefined, old: KubeObject | undefined) => {
    const { namespace, name } = (object ?? old)!.metadata;
    for (const uid of byKey.get(`${kind}/${namespace}/${name}`) ?? []) users.get(uid)?.changed();
  };
  configMaps.onChange(tell('ConfigMap'));
  secrets.onChange(tell('Secret'));

  async function get<T extends KubeObject>(
    informer: Informer<T>,
    namespace: string,
    name: string,
  ): Promise<T> {
    await informer.synced();
    const object = informer.get(`${namespace}/${name}`);
    if (!object) throw notFound({ group: '', resource: informer.ref.resource }, name);
    return object;
  }

  function release(uid: string): void {
    for (const key of users.get(uid)?.keys ?? []) {
      const uids = byKey.get(key);
      uids?.delete(uid);
      if (uids?.size === 0) byKey.delete(key);
    }
    users.delete(uid);
  }

  return {
    configMap: (namespace, name) => get<ConfigMap>(configMaps, namespace, name),
    secret: (namespace, name) => get<Secret>(secrets, namespace, name),
    follow(uid, references, changed) {
      release(uid);
      const keys = new Set(references.map(({ kind, namespace, name }) => `${kind}/${namespace}/${name}`));
      for (const key of keys) byKey.set(key, (byKey.get(key) ?? new Set()).add(uid));
      users.set(uid, { keys, changed });
    },
    release,
  };
}
