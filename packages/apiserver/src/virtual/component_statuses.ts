// The old ComponentStatus API: three names that clients still ask for.
import { type KubeObject, notFound } from '@kubets/api';
import { type Column, nameColumn, type Resource } from '@kubets/resources';
import { type SelectedView, selectionOf } from '../cache/selection.ts';
import { jsonHead, StoredEntry } from '../cache/stored_entry.ts';
import type { Endpoint } from '../call.ts';
import { listOptions } from '../decode/list_options.ts';
import type { Stored } from '../request.ts';
import type { ServerContext } from '../server_context.ts';

const names = ['controller-manager', 'etcd-0', 'scheduler'];
const head = jsonHead('v1', 'ComponentStatus');
const view: SelectedView = {
  resource: { scope: 'Cluster' } as Resource,
  group: '',
  version: 'v1',
  kind: 'ComponentStatus',
};

const columns: readonly Column<any>[] = [
  nameColumn,
  {
    name: 'Status',
    type: 'string',
    description: 'Status of the component conditions',
    value: (each) => (each.conditions[0].status === 'True' ? 'Healthy' : 'Unhealthy'),
  },
  { name: 'Message', type: 'string', description: 'Message', value: (each) => each.conditions[0].message },
  { name: 'Error', type: 'string', description: 'Error', value: (each) => each.conditions[0].error ?? '' },
];

export function componentStatusEndpoints(server: ServerContext): Record<string, Endpoint> {
  return {
    async list(call) {
      const { fieldSelector, labelSelector } = listOptions(call.request.query, false);
      const { matches = () => true } = selectionOf(view, labelSelector, fieldSelector);
      const all = await Promise.all(names.map((name) => statusOf(server, name)));
      return {
        type: 'list',
        status: 200,
        apiVersion: 'v1',
        kind: 'ComponentStatusList',
        metadata: {},
        items: all.filter(matches),
        itemTypeLength: head.typeLength,
        columns,
      };
    },
    async get(call) {
      const { name } = call.info;
      if (!names.includes(name)) throw notFound({ group: '', resource: 'componentstatus' }, name);
      const stored = await statusOf(server, name);
      return { type: 'object', status: 200, object: stored.object, stored, columns };
    },
  };
}

async function statusOf({ store }: ServerContext, name: string): Promise<Stored> {
  let error: string | undefined;
  // Controllers and scheduler run in the process that answers this; only the store can be away.
  if (name === 'etcd-0')
    error = await store.revision().then(
      () => undefined,
      (reason: Error) => reason.message,
    );
  const condition = error
    ? { type: 'Healthy', status: 'False', message: '', error }
    : { type: 'Healthy', status: 'True', message: 'ok' };
  const object = {
    kind: 'ComponentStatus',
    apiVersion: 'v1',
    metadata: { name },
    conditions: [condition],
  } as unknown as KubeObject;
  return new StoredEntry('', 0, new TextEncoder().encode(JSON.stringify(object)), object);
}
