// Short forms of the objects that network tests need.
import type { Endpoint, EndpointSlice, Pod, Service, ServiceSpec } from '@kubets/api';
import { familyOf } from '../address.ts';
import type { NodeRules } from '../proxy/rule_set.ts';

const stored = { uid: '0', resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' };

export const testNode: NodeRules = {
  name: 'node-1',
  podCidrs: ['10.244.0.0/16'],
  serviceCidrs: ['10.96.0.0/16'],
  servedHere: ['10.96.0.10'],
  bridge: 'br0',
  masqueradePods: true,
};

export function service(name: string, spec: Partial<ServiceSpec>, more: Partial<Service> = {}): Service {
  const clusterIPs = spec.clusterIP ? [spec.clusterIP] : [];
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'default', ...stored },
    ...more,
    spec: { type: 'ClusterIP', clusterIPs, ports: [{ port: 80, protocol: 'TCP' }], ...spec },
  } as Service;
}

type EndpointText = string | Endpoint;

/** Endpoints as `address@node`, with `!` behind for not ready and `~` for terminating but serving. */
export function slice(
  serviceName: string,
  endpoints: readonly EndpointText[],
  ports: EndpointSlice['ports'] = [{ name: '', port: 8080, protocol: 'TCP' }],
): EndpointSlice {
  const parsed = endpoints.map((endpoint) => (typeof endpoint === 'string' ? parse(endpoint) : endpoint));
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: `${serviceName}-x`,
      namespace: 'default',
      labels: { 'kubernetes.io/service-name': serviceName },
      ...stored,
    },
    addressType: parsed[0] ? familyOf(parsed[0].addresses[0]!) : 'IPv4',
    endpoints: parsed,
    ports,
  } as EndpointSlice;
}

function parse(text: string): Endpoint {
  const [, address, node, state] = /^([^@]+)@([^!~]+)([!~]?)$/.exec(text)!;
  return {
    addresses: [address!],
    nodeName: node!,
    conditions: {
      ready: state === '',
      serving: state !== '!',
      terminating: state === '~',
    },
  };
}

export function pod(name: string, ip: string, spec: Partial<Pod['spec']> = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', ...stored },
    spec: { containers: [{ name: 'c' }], nodeName: 'node-1', ...spec },
    status: { phase: 'Running', podIP: ip, podIPs: [{ ip }] },
  } as Pod;
}
