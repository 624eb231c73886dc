// Addresses and ports as the store sees them, so that two servers can't give out the same one: an IPAddress object
// for each address (KEP-1880), a key for each node port.
import { isAlreadyExists, isNotFound, type KubeObject, type Service } from '@kubets/api';
import { internalCall } from '../internal_call.ts';
import type { Target } from '../routes/target.ts';
import type { ServerContext } from '../server_context.ts';
import { createObject } from '../verbs/create.ts';
import { deleteObject } from '../verbs/delete.ts';
import type { SharedClaims } from './service_hooks.ts';

export const portPrefix = '/registry/ranges/servicenodeports/';
export const managedBy = 'ipallocator.k8s.io';
export const managedByLabel = 'ipaddress.kubernetes.io/managed-by';
export const familyLabel = 'ipaddress.kubernetes.io/ip-family';
const written = { dryRun: false, fieldManager: 'kube-apiserver', fieldValidation: 'Ignore' } as const;
const removed = {
  dryRun: false,
  gracePeriodSeconds: undefined,
  propagation: undefined,
  orphanDependents: undefined,
  uid: undefined,
  resourceVersion: undefined,
  options: {},
} as const;

/** `addresses`: the IPAddress resource; undefined where a server doesn't serve it. */
export function sharedClaims(server: ServerContext, addresses: () => Target | undefined): SharedClaims {
  const parentOf = (ip: string) => {
    const target = addresses();
    return target && (target.history.get(target.history.key(undefined, ip))?.object as any)?.spec?.parentRef;
  };
  const isOf = (ip: string, { metadata }: Service) => {
    const parent = parentOf(ip);
    return parent?.namespace === metadata.namespace && parent?.name === metadata.name;
  };
  return {
    isAddressTaken: (ip) => parentOf(ip) !== undefined,
    async takeAddress(ip, service) {
      const target = addresses();
      if (!target || isOf(ip, service)) return 'held';
      try {
        await createObject(server, target, internalCall(), ipAddress(ip, service), written);
        return 'ok';
      } catch (error) {
        if (isAlreadyExists(error)) return 'taken';
        throw error;
      }
    },
    async giveAddress(ip, service) {
      const target = addresses();
      if (!target || !isOf(ip, service)) return;
      await deleteObject(server, target, internalCall(), ip, removed).catch((error) => {
        if (!isNotFound(error)) throw error;
      });
    },
    async takePort(port, { metadata }) {
      const key = portPrefix + port;
      const value = new TextEncoder().encode(
        JSON.stringify({ namespace: metadata.namespace, name: metadata.name }),
      );
      const result = await server.store.commit({ key, expect: 'absent', value });
      if (result.ok) return 'ok';
      return result.current !== undefined && sameBytes(result.current.value, value) ? 'held' : 'taken';
    },
    async givePort(port) {
      const current = await server.store.get(portPrefix + port);
      if (current) await server.store.commit({ key: current.key, expect: current.modRevision, value: null });
    },
  };
}

function ipAddress(ip: string, service: Service): KubeObject {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IPAddress',
    metadata: {
      name: ip,
      labels: {
        [familyLabel]: ip.includes(':') ? 'IPv6' : 'IPv4',
        [managedByLabel]: managedBy,
      },
    },
    spec: {
      parentRef: {
        resource: 'services',
        namespace: service.metadata.namespace,
        name: service.metadata.name,
      },
    },
  } as unknown as KubeObject;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
