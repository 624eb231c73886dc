import type { SchedulerPlugin } from './plugin.ts';

/** A pod with gates waits until their owners have taken them away (KEP-3521). */
export const schedulingGates: SchedulerPlugin = {
  name: 'SchedulingGates',
  gate({ pod }) {
    const gates = pod.spec.schedulingGates ?? [];
    return gates.length > 0
      ? `waiting for scheduling gates: [${gates.map((gate) => gate.name).join(' ')}]`
      : undefined;
  },
};
