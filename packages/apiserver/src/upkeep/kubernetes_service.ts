// The Service `kubernetes` in the namespace `default`, by which pods find the API, and the servers behind it.
import { isConflict, isNotFound } from '@kubets/api';
import { prefixRange } from '@kubets/storage';
import { AddressRange } from '../services/address_range.ts';
import { createIfAbsent, ownRequest } from './own_request.ts';
import type { Task, UpkeepContext } from './upkeep.ts';

export interface Advertised {
  /** Where this server is reached by nodes and pods. */
  address: string;
  port: number;
}

/**
 * Each server keeps a note here; one whose note is old has gone. Not in upstream's masterleases, which hold another
 * form and end with leases of etcd: a kube-apiserver on the same store could not read ours.
 */
const leases = '/registry/kubets/apiservers/';
const renewMs = 10_000;
const goneAfterMs = 60_000;

export function kubernetesService(context: UpkeepContext): Task {
  return {
    name: 'kubernetes service',
    everyMs: renewMs,
    async run() {
      if (!context.advertised) return;
      await createIfAbsent(context.handle, '/api/v1/namespaces/default/services', service(context));
      const addresses = await liveServers(context, context.advertised);
      await writeEndpoints(context, addresses, context.advertised.port);
    },
  };
}

function service({ serviceCidrs, advertised }: UpkeepContext): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: 'kubernetes',
      namespace: 'default',
      labels: { component: 'apiserver', provider: 'kubernetes' },
    },
    spec: {
      type: 'ClusterIP',
      sessionAffinity: 'None',
      ipFamilyPolicy: 'SingleStack',
      // By convention the first address of the range.
      clusterIP: new AddressRange(serviceCidrs[0]!).at(0),
      ports: [{ name: 'https', protocol: 'TCP', port: 443, targetPort: advertised!.port }],
    },
  };
}

async function liveServers({ server }: UpkeepContext, { address }: Advertised): Promise<string[]> {
  const { store, clock } = server;
  const value = new TextEncoder().encode(JSON.stringify({ renewedMs: clock.now() }));
  const key = leases + address;
  const own = await store.get(key);
  await store.commit({ key, expect: own?.modRevision ?? 'absent', value });
  const live = new Set([address]);
  const { entries } = await store.list(prefixRange(leases));
  for (const entry of entries) {
    const other = entry.key.slice(leases.length);
    const { renewedMs } = JSON.parse(new TextDecoder().decode(entry.value));
    if (clock.now() - renewedMs < goneAfterMs) live.add(other);
    else await store.commit({ key: entry.key, expect: entry.modRevision, value: null });
  }
  return [...live].sort();
}

async function writeEndpoints(
  { handle, server }: UpkeepContext,
  addresses: string[],
  port: number,
): Promise<void> {
  const ports = [{ name: 'https', port, protocol: 'TCP' }];
  if (server.routes.find('discovery.k8s.io', 'v1', 'endpointslices'))
    await put(handle, '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices', {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: {
        name: 'kubernetes',
        namespace: 'default',
        labels: { 'kubernetes.io/service-name': 'kubernetes' },
      },
      addressType: addresses[0]!.includes(':') ? 'IPv6' : 'IPv4',
      endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })),
      ports,
    });
  if (server.routes.find('', 'v1', 'endpoints'))
    await put(handle, '/api/v1/namespaces/default/endpoints', {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: {
        name: 'kubernetes',
        namespace: 'default',
        labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' },
      },
      subsets: [{ addresses: addresses.map((ip) => ({ ip })), ports }],
    });
}

// An update that changes nothing writes nothing.
async function put(handle: UpkeepContext['handle'], collection: string, object: any): Promise<void> {
  const path = `${collection}/${object.metadata.name}`;
  try {
    const current = await ownRequest(handle, { method: 'GET', path });
    const metadata = { ...current.metadata, labels: object.metadata.labels };
    await ownRequest(handle, { method: 'PUT', path, body: { ...object, metadata } });
  } catch (error) {
    // Another server writes the same; the next round settles it.
    if (isConflict(error)) return;
    if (!isNotFound(error)) throw error;
    await createIfAbsent(handle, collection, object);
  }
}
