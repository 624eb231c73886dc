// What a scheduling plugin can say. All of it is decided on a snapshot, without I/O, time or promises; only
// `beforeBind` acts.
import type {
  CSINode,
  Namespace,
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  StorageClass,
} from '@kubets/api';
import type { ClusterObjects } from '../state/cluster_objects.ts';
import type { Snapshot } from '../state/cluster_state.ts';
import type { NodeInfo } from '../state/node_info.ts';
import type { PodInfo } from '../state/pod_info.ts';

export interface SchedulerPlugin {
  readonly name: string;
  /** How much its scores count. */
  readonly weight?: number;
  /** Why the pod must not even be tried yet. */
  gate?(pod: PodInfo): string | undefined;
  /** What this plugin asks of nodes for `pod`; undefined when it has nothing to ask. */
  filter?(pod: PodInfo, context: PluginContext): PodFilter | Refusal | undefined;
  /** How it rates nodes for `pod`; undefined when all are the same to it. */
  score?(pod: PodInfo, context: PluginContext): PodScore | undefined;
  /** Whether `event` may help a pod that this plugin has rejected. */
  wakesOn?(event: ClusterEvent, pod: PodInfo): boolean;
  /** Sets aside what the pod needs on the node beside the node's resources; returns how to take that back. */
  reserve?(pod: PodInfo, node: NodeInfo): (() => void) | undefined;
  /** Work to be finished before the pod may be bound. Rejects when that is impossible. */
  beforeBind?(pod: PodInfo, node: NodeInfo, signal: AbortSignal): Promise<void>;
}

export interface PluginContext {
  snapshot: Snapshot;
  objects: ClusterObjects;
}

/** No node will do, whatever the nodes are. */
export interface Refusal {
  readonly refused: string;
}

export interface PodFilter {
  /** Only these nodes can do. */
  readonly onlyNodes?: ReadonlySet<string>;
  /** Why `node` will not do; undefined when it will. */
  test(node: NodeInfo): Failure | undefined;
  /** True: every node would pass, as things are. */
  idle?(): boolean;
  /** Set when `test` looks at pods of other nodes: told of each pod that comes to or goes from a node. */
  podChanged?(pod: PodInfo, node: NodeInfo, delta: 1 | -1): void;
}

export interface Failure {
  /** Plural forms, as they are counted in messages: `node(s) were unschedulable`. */
  readonly reasons: readonly string[];
  /** False: taking pods off the node would not help. */
  readonly helpedByPreemption: boolean;
}

export interface PodScore {
  /** True: all nodes are the same, as things are. */
  idle?(): boolean;
  /** Called before rating, with the nodes that will do. */
  begin?(nodes: readonly NodeInfo[]): void;
  /** Any number; without `normalize` 0 to 100. */
  rate(node: NodeInfo): number;
  /** Brings ratings to 0..100. `rates[i]` is that of `nodes[i]`. */
  normalize?(rates: Float64Array, nodes: readonly NodeInfo[]): void;
  /** As for filters: set when `rate` looks at pods of other nodes, or at anything but the node's sums. */
  podChanged?(pod: PodInfo, node: NodeInfo, delta: 1 | -1): void;
}

/** Something happened that may let a pod fit that did not fit before. */
export type ClusterEvent =
  | { type: 'node'; node: NodeInfo; old: Node | undefined; what: ReadonlySet<NodeAspect> }
  | { type: 'nodeGone'; node: Node }
  | { type: 'podGone'; pod: PodInfo; node: string }
  | { type: 'podPlaced'; pod: PodInfo; node: string }
  | { type: 'podChanged'; pod: PodInfo; old: PodInfo; node: string }
  | { type: 'claim'; claim: PersistentVolumeClaim; old: PersistentVolumeClaim | undefined }
  | { type: 'volume'; volume: PersistentVolume }
  | { type: 'storageClass'; storageClass: StorageClass }
  | { type: 'csiNode'; csiNode: CSINode }
  | { type: 'namespace'; namespace: Namespace };

export type NodeAspect = 'new' | 'allocatable' | 'labels' | 'taints';

export function isRefusal(filter: PodFilter | Refusal): filter is Refusal {
  return 'refused' in filter;
}

export const scoreMax = 100;

/** Scales so that the highest is 100; `reverse` makes the lowest rating the best. */
export function scaleToMax(rates: Float64Array, options: { reverse: boolean }): void {
  let max = 0;
  for (let i = 0; i < rates.length; i++) if (rates[i]! > max) max = rates[i]!;
  for (let i = 0; i < rates.length; i++) {
    const scaled = max === 0 ? 0 : Math.floor((scoreMax * rates[i]!) / max);
    rates[i] = options.reverse ? scoreMax - scaled : scaled;
  }
}

/** A failure that preemption can't help: made once, shared by all nodes that have it. */
export function unresolvable(...reasons: string[]): Failure {
  return { reasons, helpedByPreemption: false };
}

export function resolvable(...reasons: string[]): Failure {
  return { reasons, helpedByPreemption: true };
}
