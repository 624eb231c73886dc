// The Service `kubernetes` in the namespace `default`, by which pods find the API, and the servers behind it.
import { isConflict, isNotFound } from '@kubets/api';
import type { Ms } from '@kubets/base';
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
 * Each server keeps a note here, where upstream's keep theirs and in their form: servers of either make name each
 * other. A note goes with its lease in etcd; one of ours that is old in a store that knows no leases, by our hand.
 */
const leases = '/registry/masterleases/';
const renewMs = 10_000;
const leaseSeconds = 30;
const goneAfterMs = 60_000;
const renewedAt = 'kubets/renewed-at';

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
  const key = leases + address;
  const own = await store.get(key);
  const value = new TextEncoder().encode(JSON.stringify(noteOf(address, clock.now())));
  await store.commit({ key, expect: own?.modRevision ?? 'absent', value, ttlSeconds: leaseSeconds });
  const live = new Set([address]);
  const { entries } = await store.list(prefixRange(leases));
  for (const entry of entries) {
    const renewedMs = renewedMsOf(entry.value);
    if (renewedMs === undefined || clock.now() - renewedMs < goneAfterMs) {
      live.add(entry.key.slice(leases.length));
    } else await store.commit({ key: entry.key, expect: entry.modRevision, value: null });
  }
  return [...live].sort();
}

function noteOf(address: string, nowMs: Ms): object {
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { annotations: { [renewedAt]: String(nowMs) } },
    subsets: [{ addresses: [{ ip: address }] }],
  };
}

/** Undefined for those of upstream's servers, which last as long as they are there. */
function renewedMsOf(value: Uint8Array): Ms | undefined {
  try {
    const text = JSON.parse(new TextDecoder().decode(value)).metadata.annotations[renewedAt];
    return text === undefined ? undefined : Number(text);
  } catch {
    return undefined;
  }
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
