import type { KubeObject } from '@kubets/api';
import type { FieldEquals, Reader } from '../access.ts';
import type { History } from './history.ts';

/** Reads of the server's own state by group and resource; `find` names the history that holds it. */
export function cacheReader(find: (group: string, resource: string) => History | undefined): Reader {
  return {
    get<T extends KubeObject>(group: string, resource: string, namespace: string | undefined, name: string) {
      const history = find(group, resource);
      return history?.get(history.key(namespace, name))?.object as T | undefined;
    },
    list<T extends KubeObject>(group: string, resource: string, namespace?: string, where?: FieldEquals) {
      const history = find(group, resource);
      const found = where
        ? history?.objectsWith(where.field, where.value, namespace)
        : history?.objects(namespace);
      return (found ?? []) as readonly T[];
    },
  };
}
