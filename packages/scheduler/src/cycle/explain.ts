// Why a pod could not be scheduled, in upstream's words: dashboards and people look for them.
import type { PluginFailure } from './pod_plan.ts';
import type { Diagnosis } from './schedule.ts';

/** `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were unschedulable.` and what preemption says. */
export function explain(diagnosis: Diagnosis, preemption?: string): string {
  let text = `0/${diagnosis.nodeCount} nodes are available:`;
  if (diagnosis.refusal) text += ` ${diagnosis.refusal.message}.`;
  else {
    const counted = countReasons(diagnosis);
    if (counted.length > 0) text += ` ${counted.join(', ')}.`;
  }
  return preemption ? `${text} preemption: ${preemption}` : text;
}

export function noNodes(): string {
  return 'no nodes available to schedule pods';
}

/** The plugins that had something against the pod: their events may help it. */
export function rejectingPlugins(diagnosis: Diagnosis): Set<string> {
  if (diagnosis.refusal) return new Set([diagnosis.refusal.plugin]);
  const plugins = new Set<string>();
  for (const failure of diagnosis.failures.values()) plugins.add(failure.plugin);
  if (diagnosis.others) plugins.add(diagnosis.others.plugin);
  return plugins;
}

function countReasons({ failures, others, nodeCount }: Diagnosis): string[] {
  const counts = new Map<string, number>();
  const add = ({ reasons }: PluginFailure, nodes: number) => {
    for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + nodes);
  };
  for (const failure of failures.values()) add(failure, 1);
  if (others && nodeCount > failures.size) add(others, nodeCount - failures.size);
  return [...counts].map(([reason, count]) => `${count} ${reason}`).sort(byBytes);
}

function byBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
