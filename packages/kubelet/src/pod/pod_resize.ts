// Carries a resize of one pod through: asks the node, keeps what was granted, tells how far it has come.
import type { Pod, PodCondition } from '@kubets/api';
import type { KubeletParts } from '../kubelet_parts.ts';
import type { PodMemory } from './pod_memory.ts';
import {
  containerResize,
  type Granted,
  initiallyGranted,
  type ResizeVerdict,
  resizeCondition,
  resizeSummary,
  withGranted,
} from './resize.ts';

export interface PodResize {
  /** The pod with what the node has granted it. */
  effective(pod: Pod): Pod;
  /** Asks the node again for what the spec wants. */
  ask(pod: Pod): void;
  /** For the status; tells once when the last container has been resized. */
  conditions(pod: Pod): PodCondition[];
  /** A wish that waits for others to leave. */
  readonly deferred: boolean;
}

export interface PodResizeOptions {
  parts: Pick<KubeletParts, 'recorder'>;
  pod: Pod;
  memory: PodMemory;
  judge(pod: Pod, granted: Granted): ResizeVerdict;
}

export function createPodResize({ parts, pod: first, memory, judge }: PodResizeOptions): PodResize {
  const { recorder } = parts;
  let granted = initiallyGranted(first);
  let pending: { pending: 'Deferred' | 'Infeasible'; message: string } | undefined;
  let underWay = false;

  function inProgress(pod: Pod): boolean {
    const running = memory.observed.containers.filter(({ state }) => state === 'running');
    return [...(pod.spec.initContainers ?? []), ...pod.spec.containers].some((container) => {
      const found = running.find(({ name }) => name === container.name);
      return found && containerResize(container, memory.actual.get(found.id)) !== 'none';
    });
  }

  return {
    effective: (pod) => withGranted(pod, granted),
    ask(pod) {
      const verdict = judge(pod, granted);
      if ('pending' in verdict) {
        if (verdict.pending !== pending?.pending)
          recorder.event(
            pod,
            'Warning',
            `Resize${verdict.pending}`,
            `Pod resize ${verdict.pending}: ${resizeSummary(pod, verdict.message)}`,
          );
        pending = verdict;
        return;
      }
      pending = undefined;
      granted = verdict.granted;
      if (!verdict.changed) return;
      underWay = true;
      memory.resizeError = '';
      recorder.event(pod, 'Normal', 'ResizeStarted', `Pod resize started: ${resizeSummary(pod)}`);
    },
    conditions(pod) {
      const list: PodCondition[] = [];
      if (pending) list.push(resizeCondition('PodResizePending', pending.pending, pending.message));
      if (inProgress(pod)) {
        const { resizeError } = memory;
        list.push(resizeCondition('PodResizeInProgress', resizeError && 'Error', resizeError));
      } else if (underWay) {
        underWay = false;
        recorder.event(pod, 'Normal', 'ResizeCompleted', `Pod resize completed: ${resizeSummary(pod)}`);
      }
      return list;
    },
    get deferred() {
      return pending?.pending === 'Deferred';
    },
  };
}
