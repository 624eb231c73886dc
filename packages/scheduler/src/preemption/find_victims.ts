// Which pods of lower priority must leave which node for a pod that fits nowhere.
import type { PodDisruptionBudget } from '@kubets/api';
import type { Random } from '@kubets/base';
import { explain } from '../cycle/explain.ts';
import type { NominatedPods } from '../cycle/nominated_pods.ts';
import type { PluginFailure, PodPlan } from '../cycle/pod_plan.ts';
import type { Diagnosis } from '../cycle/schedule.ts';
import type { Snapshot } from '../state/cluster_state.ts';
import type { NodeInfo } from '../state/node_info.ts';
import type { PodInfo } from '../state/pod_info.ts';
import { chooseCandidate } from './choose_candidate.ts';
import { selectVictims } from './select_victims.ts';

export interface PreemptionOptions {
  pod: PodInfo;
  plan: PodPlan;
  diagnosis: Diagnosis;
  snapshot: Snapshot;
  nominated: NominatedPods;
  budgets: (namespace: string) => readonly PodDisruptionBudget[];
  random: Random;
}

export interface Candidate {
  node: NodeInfo;
  /** Most important first. */
  victims: readonly PodInfo[];
  /** Victims whose disruption budget is used up. */
  budgetViolations: number;
}

export type PreemptionResult =
  | ({ readonly type: 'victims' } & Candidate)
  | {
      readonly type: 'none';
      readonly message: string;
      /** Victims of an earlier attempt are still on their way out. */
      readonly waits: boolean;
    };

/** Enough nodes to choose from: a tenth of them, and never fewer than 100. */
const shareOfNodes = 0.1;
const nodesMin = 100;

export function findVictims(options: PreemptionOptions): PreemptionResult {
  const { diagnosis, snapshot, random } = options;
  const obstacle = ineligible(options);
  if (obstacle) return { type: 'none', ...obstacle };
  const nodes = [...diagnosis.failures]
    .filter(([, failure]) => failure.helpedByPreemption)
    .map(([node]) => node);
  const wanted = Math.max(Math.trunc(nodes.length * shareOfNodes), nodesMin);
  const offset = Math.floor(random.next() * nodes.length);
  const candidates: Candidate[] = [];
  const failures = new Map<NodeInfo, PluginFailure>();
  let harmless = 0;
  for (let i = 0; i < nodes.length && !(harmless > 0 && candidates.length >= wanted); i++) {
    const node = nodes[(offset + i) % nodes.length]!;
    const found = selectVictims({ ...options, node });
    if ('reasons' in found) failures.set(node, found);
    else {
      candidates.push(found);
      if (found.budgetViolations === 0) harmless++;
    }
  }
  const chosen = chooseCandidate(candidates);
  if (chosen) return { type: 'victims', ...chosen };
  const message = explain({
    nodeCount: snapshot.nodes.length,
    refusal: undefined,
    failures,
    others: notHelpful,
  });
  return { type: 'none', message, waits: false };
}

const notHelpful: PluginFailure = {
  plugin: 'DefaultPreemption',
  reasons: ['Preemption is not helpful for scheduling'],
  helpedByPreemption: false,
};

function ineligible({ pod, diagnosis, snapshot }: PreemptionOptions) {
  if (pod.pod.spec.preemptionPolicy === 'Never')
    return { message: 'not eligible due to preemptionPolicy=Never.', waits: false };
  const node = snapshot.node(pod.pod.status?.nominatedNodeName ?? '');
  if (!node) return undefined;
  const failure = diagnosis.failures.get(node);
  // The node has become one that no room can be made on.
  if (failure && !failure.helpedByPreemption) return undefined;
  for (const other of node.pods.values())
    if (other.priority < pod.priority && isBeingPreempted(other))
      return { message: 'not eligible due to a terminating pod on the nominated node.', waits: true };
  return undefined;
}

function isBeingPreempted({ pod, terminating }: PodInfo): boolean {
  const condition = pod.status?.conditions?.find(({ type }) => type === 'DisruptionTarget');
  return terminating && condition?.status === 'True' && condition.reason === 'PreemptionByScheduler';
}
