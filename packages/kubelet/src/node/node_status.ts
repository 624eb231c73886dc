// The status of the Node object, from what the kubelet was told and has found out. Pure.
import type { Node, NodeCondition, NodeStatus } from '@kubets/api';
import type { Image } from '@kubets/api/generated/cri.ts';
import { type Ms, rfc3339 } from '@kubets/base';
import type { NodeConfig } from './node_config.ts';
import type { Pressure, RuntimeFacts } from './node_facts.ts';

export interface NodeStatusInput {
  node: NodeConfig;
  /** The object as the API server has it. */
  known: Node | undefined;
  runtime: RuntimeFacts;
  pressure: Pressure;
  images: readonly Image[];
  now: Ms;
}

const maxImages = 50;
const maxNamesPerImage = 5;

export function nodeStatus(input: NodeStatusInput): NodeStatus {
  const { node, known, runtime } = input;
  const capacity = { ...known?.status?.capacity, pods: String(node.maxPods ?? 110), ...node.capacity };
  const status: NodeStatus = {
    addresses: [...node.addresses],
    capacity,
    allocatable: { ...capacity, ...node.allocatable },
    conditions: nodeConditions(input),
    daemonEndpoints: { kubeletEndpoint: { Port: node.kubeletPort } },
    images: imagesOf(input.images),
    nodeInfo: {
      ...node.nodeInfo,
      containerRuntimeVersion: `${runtime.name || 'unknown'}://${runtime.version || 'Unknown'}`,
      kubeletVersion: node.kubeletVersion,
      kubeProxyVersion: '',
    },
  };
  if (runtime.handlers.length > 0) status.runtimeHandlers = [...runtime.handlers];
  if (runtime.supplementalGroupsPolicy !== undefined)
    status.features = { supplementalGroupsPolicy: runtime.supplementalGroupsPolicy };
  return status;
}

function nodeConditions(input: NodeStatusInput): NodeCondition[] {
  const { known, pressure, now } = input;
  const before = new Map(known?.status?.conditions?.map((condition) => [condition.type, condition]));
  const at = rfc3339(now);
  const make = (type: string, status: string, reason: string, message: string): NodeCondition => {
    const old = before.get(type);
    const lastTransitionTime = old?.status === status ? (old.lastTransitionTime ?? at) : at;
    return { type, status, lastHeartbeatTime: at, lastTransitionTime, reason, message };
  };
  const problems = [...input.runtime.problems, ...missingCapacities(input.node)];
  // Ready stands last: who reads the list top down sees why before that.
  return [
    pressure.memory
      ? make(
          'MemoryPressure',
          'True',
          'KubeletHasInsufficientMemory',
          'kubelet has insufficient memory available',
        )
      : make(
          'MemoryPressure',
          'False',
          'KubeletHasSufficientMemory',
          'kubelet has sufficient memory available',
        ),
    pressure.disk
      ? make('DiskPressure', 'True', 'KubeletHasDiskPressure', 'kubelet has disk pressure')
      : make('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
    pressure.pid
      ? make('PIDPressure', 'True', 'KubeletHasInsufficientPID', 'kubelet has insufficient PID available')
      : make('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
    problems.length > 0
      ? make('Ready', 'False', 'KubeletNotReady', joined(problems))
      : make('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'),
  ];
}

function missingCapacities(node: NodeConfig): string[] {
  const missing = ['cpu', 'memory', 'ephemeral-storage'].filter((name) => node.capacity[name] === undefined);
  return missing.length > 0 ? [`missing node capacity for resources: ${missing.join(', ')}`] : [];
}

/** As errors are put together upstream: one as it is, several in brackets. */
function joined(problems: readonly string[]): string {
  return problems.length === 1 ? problems[0]! : `[${problems.join(', ')}]`;
}

/** The largest ones, each with its digests first. */
function imagesOf(images: readonly Image[]) {
  return [...images]
    .sort((a, b) => (b.size ?? 0) - (a.size ?? 0))
    .slice(0, maxImages)
    .map(({ repoDigests = [], repoTags = [], size }) => ({
      names: [...repoDigests, ...repoTags].slice(0, maxNamesPerImage),
      sizeBytes: size ?? 0,
    }));
}
