// A ConfigMap in kube-system by which the server tells others about itself.
import { createIfAbsent, ownRequest } from './own_request.ts';
import type { Task, UpkeepContext } from './upkeep.ts';

const collection = '/api/v1/namespaces/kube-system/configmaps';

/** What servers beside this one (scheduler, extension servers) have to know to believe the same clients. */
export function authenticationTrust({ handle, server, clientCa }: UpkeepContext): Task {
  const name = 'extension-apiserver-authentication';
  return {
    name: 'authentication trust',
    everyMs: 60_000,
    async run() {
      if (!clientCa) return;
      const data = { 'client-ca-file': clientCa };
      await createIfAbsent(handle, collection, configMap(name, data));
      const current: any = server.reader.get('', 'configmaps', 'kube-system', name);
      if (!current || current.data?.['client-ca-file'] === clientCa) return;
      const body = { ...current, data: { ...current.data, ...data } };
      await ownRequest(handle, { method: 'PUT', path: `${collection}/${name}`, body });
    },
  };
}

function configMap(name: string, data: Record<string, string>): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'kube-system' }, data };
}
