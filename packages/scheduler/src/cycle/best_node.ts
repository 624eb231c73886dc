// Of the nodes that will do, the one with the highest score.
import type { Random } from '@kubets/base';
import type { NodeInfo } from '../state/node_info.ts';
import type { PodPlan } from './pod_plan.ts';

/** Among equals chance decides, so that nodes fill evenly. */
export function bestNode(nodes: readonly NodeInfo[], plan: PodPlan, random: Random): NodeInfo {
  if (nodes.length === 1) return nodes[0]!;
  const totals = totalScores(nodes, plan);
  let best = Number.NEGATIVE_INFINITY;
  let equals = 0;
  for (let i = 0; i < totals.length; i++) {
    if (totals[i]! > best) {
      best = totals[i]!;
      equals = 1;
    } else if (totals[i] === best) equals++;
  }
  let chosen = Math.floor(random.next() * equals);
  return nodes.find((_, i) => totals[i] === best && chosen-- === 0)!;
}

/** All of `nodes` must have been evaluated by the plan, in their present state. */
export function totalScores(nodes: readonly NodeInfo[], plan: PodPlan): Float64Array {
  const totals = new Float64Array(nodes.length);
  const current = new Float64Array(nodes.length);
  for (const { weight, score, rates } of plan.scores) {
    if (score.idle?.()) continue;
    score.begin?.(nodes);
    if (rates) for (let i = 0; i < nodes.length; i++) current[i] = rates[nodes[i]!.slot]!;
    else for (let i = 0; i < nodes.length; i++) current[i] = score.rate(nodes[i]!);
    score.normalize?.(current, nodes);
    for (let i = 0; i < nodes.length; i++) totals[i]! += weight * current[i]!;
  }
  return totals;
}
