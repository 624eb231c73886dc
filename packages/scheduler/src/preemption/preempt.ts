// Asks the chosen victims to leave.
import { isNotFound, type PodCondition } from '@kubets/api';
import { type Clock, rfc3339 } from '@kubets/base';
import { type Client, type EventRecorder, refs } from '@kubets/client';
import type { PodInfo } from '../state/pod_info.ts';

export interface PreemptContext {
  client: Client;
  recorder: EventRecorder;
  clock: Clock;
}

/** Rejects when a victim could not be asked; those that are gone already are as good as asked. */
export async function preempt(
  preemptor: PodInfo,
  victims: readonly PodInfo[],
  node: string,
  context: PreemptContext,
): Promise<void> {
  await Promise.all(
    victims.map(async (victim) => {
      try {
        await evict(preemptor, victim, context);
      } catch (error) {
        if (!isNotFound(error)) throw error;
        return;
      }
      const message = `Preempted by pod ${preemptor.uid} on node ${node}`;
      context.recorder.event(victim.pod, 'Normal', 'Preempted', message);
    }),
  );
}

async function evict(preemptor: PodInfo, victim: PodInfo, { client, clock }: PreemptContext): Promise<void> {
  const { name, namespace, uid, generation } = victim.pod.metadata;
  // For controllers that count failures: this one is not the pod's own (KEP-3329).
  const condition: PodCondition = {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'PreemptionByScheduler',
    message: `${preemptor.pod.spec.schedulerName ?? 'default-scheduler'}: preempting to accommodate a higher priority pod`,
    lastTransitionTime: rfc3339(clock.now()),
    ...(generation !== undefined && { observedGeneration: generation }),
  };
  const patch = { metadata: { uid }, status: { conditions: [condition] } };
  await client.patch(refs.pods, name, namespace, 'strategic', patch, { subresource: 'status' });
  await client.delete(refs.pods, name, namespace, { uid });
}
