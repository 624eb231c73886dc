// What the pure parts of the kubelet may know of probes.

export type ProbeKind = 'liveness' | 'readiness' | 'startup';
export type ProbeOutcome = 'success' | 'failure' | 'unknown';

export interface ProbeView {
  /** The standing result for that very container; undefined when none was recorded. */
  result(kind: ProbeKind, containerId: string): ProbeOutcome | undefined;
  /** Whether that container (by name) is being probed. */
  probes(kind: ProbeKind, containerName: string): boolean;
}

export const noProbes: ProbeView = { result: () => undefined, probes: () => false };
