import type { NodeInfo } from '../state/node_info.ts';
import { type SchedulerPlugin, scoreMax } from './plugin.ts';

/** Better are nodes where the pod brings the shares of used CPU and memory closer to each other. */
export const nodeResourcesBalancedAllocation: SchedulerPlugin = {
  name: 'NodeResourcesBalancedAllocation',
  weight: 1,
  score({ requests }) {
    const { milliCpu, memory } = requests;
    if (milliCpu === 0 && memory === 0) return undefined;
    return {
      rate: (node) => {
        const change = balance(node, milliCpu, memory) - balance(node, 0, 0);
        return scoreMax / 2 + Math.trunc((scoreMax / 2 + change) / 2);
      },
    };
  },
};

/** 100 when both shares are the same, 50 when one is all and the other nothing. */
function balance({ allocatable, requested }: NodeInfo, milliCpu: number, memory: number): number {
  // With one resource there is nothing to be out of balance with.
  if (allocatable.milliCpu === 0 || allocatable.memory === 0) return scoreMax;
  const cpuShare = Math.min(1, (requested.milliCpu + milliCpu) / allocatable.milliCpu);
  const memoryShare = Math.min(1, (requested.memory + memory) / allocatable.memory);
  const deviation = Math.abs((cpuShare - memoryShare) / 2);
  return Math.trunc((1 - deviation) * scoreMax);
}
