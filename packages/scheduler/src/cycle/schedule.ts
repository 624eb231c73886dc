// One scheduling decision.
import type { Random } from '@kubets/base';
import type { Snapshot } from '../state/cluster_state.ts';
import type { NodeInfo } from '../state/node_info.ts';
import type { PodInfo } from '../state/pod_info.ts';
import { bestNode } from './best_node.ts';
import type { NominatedPods } from './nominated_pods.ts';
import type { PluginFailure, PodPlan } from './pod_plan.ts';

export interface ScheduleOptions {
  pod: PodInfo;
  plan: PodPlan;
  snapshot: Snapshot;
  nominated: NominatedPods;
  random: Random;
  /** Where in the list of nodes to begin. */
  start: number;
  /** Of the nodes, in percent; 0: as many as suits the size of the cluster. */
  percentageOfNodesToScore: number;
}

export type ScheduleResult =
  | { readonly type: 'node'; readonly node: NodeInfo /** Nodes looked at. */; readonly evaluated: number }
  | { readonly type: 'unschedulable'; readonly diagnosis: Diagnosis };

export interface Diagnosis {
  readonly nodeCount: number;
  /** Said of the pod as such; then there is nothing to say of nodes. */
  readonly refusal: { readonly plugin: string; readonly message: string } | undefined;
  readonly failures: ReadonlyMap<NodeInfo, PluginFailure>;
  /** What keeps the nodes out that are not in `failures`. */
  readonly others: PluginFailure | undefined;
}

export function schedule(options: ScheduleOptions): ScheduleResult {
  const { pod, plan, snapshot } = options;
  const { nodes } = snapshot;
  plan.beginRound();
  if (plan.refusal) return { type: 'unschedulable', diagnosis: diagnose(options, []) };
  const named = snapshot.node(pod.pod.status?.nominatedNodeName ?? '');
  const isNamedPossible = named && (plan.onlyNodes?.names.has(named.name) ?? true);
  // Room was made there for this pod, so no other node is looked at if it fits.
  if (isNamedPossible && !evaluateOn(named, options)) return { type: 'node', node: named, evaluated: 1 };

  const candidates = plan.onlyNodes ? namedNodes(plan.onlyNodes.names, snapshot) : nodes;
  const wanted = nodesToFind(candidates.length, options.percentageOfNodesToScore);
  const feasible: NodeInfo[] = [];
  const nobodyAhead = options.nominated.empty;
  let evaluated = 0;
  let place = candidates.length > 0 ? options.start % candidates.length : 0;
  for (; evaluated < candidates.length && feasible.length < wanted; evaluated++) {
    const node = candidates[place]!;
    if (++place === candidates.length) place = 0;
    const failure = nobodyAhead ? plan.evaluate(node) : evaluateOn(node, options);
    if (!failure) feasible.push(node);
  }
  if (feasible.length === 0) return { type: 'unschedulable', diagnosis: diagnose(options, candidates) };
  return { type: 'node', node: bestNode(feasible, plan, options.random), evaluated };
}

/** As with the pods that are there, so with those that room is being made for there: it must fit both ways. */
export function evaluateOn(
  node: NodeInfo,
  { pod, plan, nominated }: Pick<ScheduleOptions, 'pod' | 'plan' | 'nominated'>,
): PluginFailure | undefined {
  const ahead = nominated.empty ? [] : nominated.aheadOf(pod, node.name);
  if (ahead.length > 0) {
    const trial = plan.tryOut(node);
    for (const other of ahead) trial.add(other);
    const failure = trial.evaluate();
    trial.end();
    if (failure) return failure;
  }
  return plan.evaluate(node);
}

/** Enough to choose from: half of a small cluster, a twentieth of a huge one, never fewer than 100. */
export function nodesToFind(nodeCount: number, percentage: number): number {
  const nodesMin = 100;
  if (nodeCount < nodesMin) return nodeCount;
  const share = percentage || Math.max(5, 50 - Math.trunc(nodeCount / 125));
  return Math.max(nodesMin, Math.trunc((nodeCount * share) / 100));
}

function diagnose(options: ScheduleOptions, candidates: readonly NodeInfo[]): Diagnosis {
  const { plan, snapshot } = options;
  const failures = new Map<NodeInfo, PluginFailure>();
  for (const node of candidates) {
    const failure = evaluateOn(node, options);
    if (failure) failures.set(node, failure);
  }
  const plugins = plan.onlyNodes?.plugins ?? [];
  return {
    nodeCount: snapshot.nodes.length,
    refusal: plan.refusal,
    failures,
    others:
      plugins.length > 0
        ? {
            plugin: plugins[0]!,
            reasons: [`node(s) didn't satisfy plugin(s) [${plugins.join(' ')}]`],
            helpedByPreemption: false,
          }
        : undefined,
  };
}

function namedNodes(names: ReadonlySet<string>, snapshot: Snapshot): NodeInfo[] {
  return [...names].flatMap((name) => snapshot.node(name) ?? []);
}
