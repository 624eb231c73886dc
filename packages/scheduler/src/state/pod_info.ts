// A pod with all that scheduling computes of it.
import { objectKey, type Pod } from '@kubets/api';
import { type AffinityTerms, affinityTermsOf } from './affinity_term.ts';
import { podRequests, podRequestsForScore, type Resources } from './resources.ts';

export interface PodInfo {
  readonly pod: Pod;
  /** `namespace/name` */
  readonly key: string;
  readonly uid: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly priority: number;
  readonly requests: Resources;
  readonly requestsForScore: { readonly milliCpu: number; readonly memory: number };
  readonly hostPorts: readonly HostPort[];
  readonly terms: AffinityTerms;
  readonly terminating: boolean;
  /** Names of the claims that its volumes use. */
  readonly claims: readonly Claim[];
}

export interface HostPort {
  /** `0.0.0.0` stands for every address. */
  readonly address: string;
  readonly protocol: string;
  readonly port: number;
}

export interface Claim {
  readonly name: string;
  /** Made for this pod from a template in its spec. */
  readonly ephemeral: boolean;
}

const noLabels = {};

export function podInfoOf(pod: Pod): PodInfo {
  const { metadata, spec } = pod;
  return {
    pod,
    key: objectKey(pod),
    uid: metadata.uid,
    namespace: metadata.namespace!,
    labels: metadata.labels ?? noLabels,
    priority: spec.priority ?? 0,
    requests: podRequests(pod),
    requestsForScore: podRequestsForScore(pod),
    hostPorts: hostPortsOf(pod),
    terms: affinityTermsOf(pod),
    terminating: metadata.deletionTimestamp !== undefined,
    claims: claimsOf(pod),
  };
}

function hostPortsOf(pod: Pod): HostPort[] {
  const ports: HostPort[] = [];
  const sidecars = (pod.spec.initContainers ?? []).filter(
    (container) => container.restartPolicy === 'Always',
  );
  for (const container of [...pod.spec.containers, ...sidecars])
    for (const { hostPort, hostIP, protocol } of container.ports ?? [])
      if (hostPort) ports.push({ address: hostIP || '0.0.0.0', protocol: protocol || 'TCP', port: hostPort });
  return ports;
}

function claimsOf(pod: Pod): Claim[] {
  const claims: Claim[] = [];
  for (const volume of pod.spec.volumes ?? []) {
    if (volume.persistentVolumeClaim)
      claims.push({ name: volume.persistentVolumeClaim.claimName, ephemeral: false });
    else if (volume.ephemeral) claims.push({ name: `${pod.metadata.name}-${volume.name}`, ephemeral: true });
  }
  return claims;
}

export function portsConflict(a: HostPort, b: HostPort): boolean {
  return (
    a.port === b.port &&
    a.protocol === b.protocol &&
    (a.address === b.address || a.address === '0.0.0.0' || b.address === '0.0.0.0')
  );
}
