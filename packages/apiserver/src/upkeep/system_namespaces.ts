import { createIfAbsent } from './own_request.ts';
import type { Task, UpkeepContext } from './upkeep.ts';

const names = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

/** Namespaces that a cluster can't be without; they come back when someone deletes them. */
export function systemNamespaces({ handle }: UpkeepContext): Task {
  return {
    name: 'system namespaces',
    everyMs: 60_000,
    async run() {
      const create = (name: string) =>
        createIfAbsent(handle, '/api/v1/namespaces', {
          apiVersion: 'v1',
          kind: 'Namespace',
          metadata: { name },
        });
      // At once: their commits share a write to the disk.
      await Promise.all(names.map(create));
    },
  };
}
