import type { NodeRuntimeHandler } from '@kubets/api';
import type { StatusResponse, VersionResponse } from '@kubets/api/generated/cri.ts';

/** What the kubelet knows of its runtime. */
export interface RuntimeFacts {
  name: string;
  version: string;
  /** Why the node is not ready, one sentence each. */
  problems: readonly string[];
  /** Why pods can't have a network; undefined when they can. */
  networkProblem: string | undefined;
  handlers: readonly NodeRuntimeHandler[];
  supplementalGroupsPolicy: boolean | undefined;
}

export interface Pressure {
  memory: boolean;
  disk: boolean;
  pid: boolean;
}

export const unknownRuntime: RuntimeFacts = {
  name: '',
  version: '',
  problems: ['container runtime status check may not have completed yet'],
  networkProblem: 'container runtime status check may not have completed yet',
  handlers: [],
  supplementalGroupsPolicy: undefined,
};

export const noPressure: Pressure = { memory: false, disk: false, pid: false };

export function runtimeFacts(version: VersionResponse, response: StatusResponse): RuntimeFacts {
  const problems: string[] = [];
  const problemOf = (type: string, what: string) => {
    const condition = response.status?.conditions?.find((item) => item.type === type);
    if (condition?.status) return undefined;
    const { reason = '', message = '' } = condition ?? {};
    return `container runtime ${what}: ${type}=${condition ? 'false' : 'unknown'} reason:${reason} message:${message}`;
  };
  const runtimeProblem = problemOf('RuntimeReady', 'not ready');
  const networkProblem = problemOf('NetworkReady', 'network not ready');
  if (runtimeProblem) problems.push(runtimeProblem);
  if (networkProblem) problems.push(networkProblem);
  return {
    name: version.runtimeName ?? '',
    version: version.runtimeVersion ?? '',
    problems,
    networkProblem,
    handlers: (response.runtimeHandlers ?? []).map(({ name = '', features }) => ({
      name,
      features: {
        recursiveReadOnlyMounts: features?.recursiveReadOnlyMounts ?? false,
        userNamespaces: features?.userNamespaces ?? false,
      },
    })),
    supplementalGroupsPolicy: response.features?.supplementalGroupsPolicy,
  };
}
