// Short forms of the objects that scheduling tests need.
import type { Node, Pod, PodSpec } from '@kubets/api';
import { seededRandom } from '@kubets/base';
import { explain } from '../cycle/explain.ts';
import { NominatedPods } from '../cycle/nominated_pods.ts';
import { PodPlan } from '../cycle/pod_plan.ts';
import { type ScheduleResult, schedule } from '../cycle/schedule.ts';
import type { SchedulerPlugin } from '../plugins/plugin.ts';
import type { ClusterObjects } from '../state/cluster_objects.ts';
import { ClusterState } from '../state/cluster_state.ts';
import { type PodInfo, podInfoOf } from '../state/pod_info.ts';

let uids = 0;
const stored = () => ({
  uid: `uid-${++uids}`,
  resourceVersion: '1',
  creationTimestamp: '2026-01-01T00:00:00Z',
});

export interface NodeShape {
  labels?: Record<string, string>;
  taints?: { key: string; value?: string; effect: string }[];
  unschedulable?: boolean;
  allocatable?: Record<string, string>;
  images?: Record<string, number>;
}

/** 4 CPU, 8 GiB and 110 pods unless it says otherwise. */
export function node(name: string, shape: NodeShape = {}): Node {
  const { labels, taints, unschedulable, allocatable, images } = shape;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels }, ...stored() },
    spec: { ...(taints && { taints }), ...(unschedulable && { unschedulable }) },
    status: {
      allocatable: { cpu: '4', memory: '8Gi', pods: '110', ...allocatable },
      images: Object.entries(images ?? {}).map(([image, sizeBytes]) => ({ names: [image], sizeBytes })),
    },
  } as Node;
}

export interface PodShape {
  namespace?: string;
  labels?: Record<string, string>;
  requests?: Record<string, string>;
  priority?: number;
  spec?: Partial<PodSpec>;
  status?: Pod['status'];
  metadata?: Partial<Pod['metadata']>;
}

export function pod(name: string, shape: PodShape = {}): Pod {
  const { namespace = 'default', labels, requests, priority, spec, status, metadata } = shape;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, ...(labels && { labels }), ...stored(), ...metadata },
    spec: {
      containers: [{ name: 'c', image: 'app:1', ...(requests && { resources: { requests } }) }],
      ...(priority !== undefined && { priority }),
      schedulerName: 'default-scheduler',
      ...spec,
    },
    ...(status && { status }),
  } as Pod;
}

/** Nodes with the pods that are on each. */
export function cluster(nodes: readonly (Node | [Node, ...Pod[]])[]): ClusterState {
  const state = new ClusterState();
  for (const entry of nodes) {
    const [each, ...pods] = Array.isArray(entry) ? entry : [entry];
    state.setNode(each);
    for (const existing of pods) state.setPod(podInfoOf(existing), each.metadata.name);
  }
  return state;
}

/** A cluster without any object beside nodes and pods, but for those given. */
export function objects(given: Partial<ClusterObjects> = {}): ClusterObjects {
  return {
    namespace: () => undefined,
    claim: () => undefined,
    volume: () => undefined,
    volumesOfClass: () => [],
    storageClass: () => undefined,
    csiNode: () => undefined,
    services: () => [],
    replicaSet: () => undefined,
    replicationController: () => undefined,
    statefulSet: () => undefined,
    disruptionBudgets: () => [],
    ...given,
  };
}

export interface PluginQuestion {
  state: ClusterState;
  pod: Pod;
  plugins: readonly SchedulerPlugin[];
  objects?: ClusterObjects;
}

/** By node: why not, or undefined; for a refusal the one message under `*`. */
export function failures({
  state,
  pod: each,
  plugins,
  ...rest
}: PluginQuestion): Record<string, string | undefined> {
  const context = { snapshot: state, objects: rest.objects ?? objects(), plugins };
  const plan = new PodPlan(podInfoOf(each), context);
  if (plan.refusal) return { '*': plan.refusal.message };
  return Object.fromEntries(state.nodes.map((info) => [info.name, plan.evaluate(info)?.reasons.join(', ')]));
}

/** By node, after normalisation, without weights. */
export function scores({ state, pod: each, plugins, ...rest }: PluginQuestion): Record<string, number> {
  const context = { snapshot: state, objects: rest.objects ?? objects(), plugins };
  const plan = new PodPlan(podInfoOf(each), context);
  const nodes = state.nodes.filter((info) => !plan.evaluate(info));
  const totals = nodes.map(() => 0);
  for (const { score, rates } of plan.scores) {
    score.begin?.(nodes);
    const current = Float64Array.from(nodes, (info) => rates?.[info.slot] ?? score.rate(info));
    score.normalize?.(current, nodes);
    current.forEach((value, i) => {
      totals[i]! += value;
    });
  }
  return Object.fromEntries(nodes.map((info, i) => [info.name, totals[i]!]));
}

/** The chosen node, or the message. */
export function decide({ state, pod: each, plugins, ...rest }: PluginQuestion): string {
  const info: PodInfo = podInfoOf(each);
  const result: ScheduleResult = schedule({
    pod: info,
    plan: new PodPlan(info, { snapshot: state, objects: rest.objects ?? objects(), plugins }),
    snapshot: state,
    nominated: new NominatedPods(),
    random: seededRandom(1),
    start: 0,
    percentageOfNodesToScore: 0,
  });
  return result.type === 'node' ? result.node.name : explain(result.diagnosis);
}
