// What an operator can choose. Defaults are those of kube-controller-manager v1.36.
import type { CertificateSigningRequest } from '@kubets/api';
import type { Ms } from '@kubets/base';

export interface ControllersConfig {
  /** Pod addresses of the cluster; each node gets a part of it. */
  clusterCidrs: readonly string[];
  nodeCidrMaskSizeIpv4: number;
  nodeCidrMaskSizeIpv6: number;
  /** PEM bundle that pods use to verify the API server; without it no kube-root-ca.crt is published. */
  rootCaPem?: string;
  /** Signs approved requests; without it they stay unsigned. */
  signCertificate?: CertificateSigner;
  /** A node whose kubelet has been silent for this long is Unknown. */
  nodeMonitorGracePeriodMs: Ms;
  /** The same for a node that has never reported. */
  nodeStartupGracePeriodMs: Ms;
  /** Finished pods beyond this number are deleted, oldest first; 0 keeps all. */
  terminatedPodThreshold: number;
  hpaSyncPeriodMs: Ms;
  /** How far the usage may be from its target before replicas change. */
  hpaTolerance: number;
  hpaDownscaleStabilizationMs: Ms;
  hpaCpuInitializationPeriodMs: Ms;
  hpaInitialReadinessDelayMs: Ms;
  resourceQuotaSyncPeriodMs: Ms;
  /** How often new resource types are looked for. */
  discoveryPeriodMs: Ms;
  /** Bound of endpoints in one EndpointSlice. */
  maxEndpointsPerSlice: number;
}

/** Returns the signed certificate chain as PEM, or why the request can't be signed. */
export type CertificateSigner = (
  request: CertificateSigningRequest,
) => Promise<{ certificatePem: string } | { failed: string }>;

export const defaultConfig: ControllersConfig = {
  clusterCidrs: ['10.244.0.0/16'],
  nodeCidrMaskSizeIpv4: 24,
  nodeCidrMaskSizeIpv6: 64,
  nodeMonitorGracePeriodMs: 50_000,
  nodeStartupGracePeriodMs: 60_000,
  terminatedPodThreshold: 12_500,
  hpaSyncPeriodMs: 15_000,
  hpaTolerance: 0.1,
  hpaDownscaleStabilizationMs: 300_000,
  hpaCpuInitializationPeriodMs: 300_000,
  hpaInitialReadinessDelayMs: 30_000,
  resourceQuotaSyncPeriodMs: 300_000,
  discoveryPeriodMs: 30_000,
  maxEndpointsPerSlice: 100,
};
