// The fewest and least important pods of one node that must leave.
import { labelSelectorMatcher, type PodDisruptionBudget } from '@kubets/api';
import type { NominatedPods } from '../cycle/nominated_pods.ts';
import type { NodeTrial, PluginFailure, PodPlan } from '../cycle/pod_plan.ts';
import type { NodeInfo } from '../state/node_info.ts';
import type { PodInfo } from '../state/pod_info.ts';
import type { Candidate } from './find_victims.ts';

export interface VictimSearch {
  pod: PodInfo;
  plan: PodPlan;
  node: NodeInfo;
  nominated: NominatedPods;
  budgets: (namespace: string) => readonly PodDisruptionBudget[];
}

const noVictims: PluginFailure = {
  plugin: 'DefaultPreemption',
  reasons: ['No preemption victims found for incoming pod'],
  helpedByPreemption: false,
};

export function selectVictims({
  pod,
  plan,
  node,
  nominated,
  budgets,
}: VictimSearch): Candidate | PluginFailure {
  const lower = [...node.pods.values()].filter((other) => other.priority < pod.priority);
  if (lower.length === 0) return noVictims;
  const trial = plan.tryOut(node);
  try {
    for (const other of lower) trial.remove(other);
    const fits = fitsBeside(trial, nominated.aheadOf(pod, node.name));
    const failure = fits();
    if (failure) return failure;
    lower.sort(moreImportant);
    const { violating, others } = splitByBudget(lower, budgets);
    const victims: PodInfo[] = [];
    let budgetViolations = 0;
    // As many as possible may stay: first those whose budget is used up, then the more important ones.
    const mayStay = (other: PodInfo) => {
      trial.add(other);
      if (!fits()) return true;
      trial.remove(other);
      victims.push(other);
      return false;
    };
    for (const other of violating) if (!mayStay(other)) budgetViolations++;
    for (const other of others) mayStay(other);
    return { node, victims: victims.sort(moreImportant), budgetViolations };
  } finally {
    trial.end();
  }
}

/** Fits with and without the pods that room is being made for there. */
function fitsBeside(trial: NodeTrial, ahead: readonly PodInfo[]): () => PluginFailure | undefined {
  return () => {
    const failure = trial.evaluate();
    if (failure || ahead.length === 0) return failure;
    for (const other of ahead) trial.add(other);
    const crowded = trial.evaluate();
    for (const other of ahead) trial.remove(other);
    return crowded;
  };
}

/** Higher priority, or the same and running for longer. */
export function moreImportant(a: PodInfo, b: PodInfo): number {
  if (a.priority !== b.priority) return b.priority - a.priority;
  const [x, y] = [startOf(a), startOf(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}

/** RFC 3339 text, which sorts by time; a pod that has not started is younger than all. */
export function startOf({ pod }: PodInfo): string {
  return pod.status?.startTime ?? '~';
}

function splitByBudget(
  pods: readonly PodInfo[],
  budgets: (namespace: string) => readonly PodDisruptionBudget[],
): { violating: PodInfo[]; others: PodInfo[] } {
  const allowed = new Map<PodDisruptionBudget, number>();
  const violating: PodInfo[] = [];
  const others: PodInfo[] = [];
  for (const pod of pods) {
    let violates = false;
    for (const budget of budgets(pod.namespace)) {
      if (!guards(budget, pod)) continue;
      const left = (allowed.get(budget) ?? budget.status?.disruptionsAllowed ?? 0) - 1;
      allowed.set(budget, left);
      if (left < 0) violates = true;
    }
    (violates ? violating : others).push(pod);
  }
  return { violating, others };
}

function guards(budget: PodDisruptionBudget, pod: PodInfo): boolean {
  const selector = labelSelectorMatcher(budget.spec?.selector);
  if (selector.empty || !selector.matches(pod.labels)) return false;
  // It has been counted by the eviction that is under way.
  return budget.status?.disruptedPods?.[pod.pod.metadata.name] === undefined;
}
