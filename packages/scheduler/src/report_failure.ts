// Tells the world why a pod has no node: an event, and the condition PodScheduled.
import { isNotFound, type PodCondition } from '@kubets/api';
import { type Clock, errorMessage, type Logger, rfc3339 } from '@kubets/base';
import { type Client, type EventRecorder, refs } from '@kubets/client';
import type { PodInfo } from './state/pod_info.ts';

export interface SchedulingFailure {
  reason: 'Unschedulable' | 'SchedulerError';
  message: string;
  /** Where room is being made; empty takes an earlier nomination back; absent leaves it. */
  nominatedNode?: string;
}

export type ReportFailure = (pod: PodInfo, failure: SchedulingFailure) => void;

export interface ReportOptions {
  client: Client;
  recorder: EventRecorder;
  clock: Clock;
  log: Logger;
}

/** Writes under way at once. Pods beyond that wait, each with its newest failure only. */
const writesMax = 20;
/** The API takes no longer message in an Event. */
const eventMessageMax = 1024;

export function failureReporter(options: ReportOptions): ReportFailure {
  const { recorder, log } = options;
  const waiting = new Map<string, { pod: PodInfo; failure: SchedulingFailure }>();
  const writing = new Set<string>();

  const writeNext = () => {
    for (const [key, { pod, failure }] of waiting) {
      if (writing.size >= writesMax) return;
      if (writing.has(key)) continue;
      waiting.delete(key);
      writing.add(key);
      void writeStatus(pod, failure, options)
        .catch((error) => {
          if (!isNotFound(error))
            log.warn('pod condition not written', { pod: key, error: errorMessage(error) });
        })
        .finally(() => {
          writing.delete(key);
          writeNext();
        });
    }
  };

  return (pod, failure) => {
    recorder.event(pod.pod, 'Warning', 'FailedScheduling', shortened(failure.message));
    waiting.set(pod.key, { pod, failure });
    writeNext();
  };
}

async function writeStatus(
  { pod }: PodInfo,
  failure: SchedulingFailure,
  { client, clock }: ReportOptions,
): Promise<void> {
  const { reason, message, nominatedNode } = failure;
  const old = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
  const condition: PodCondition = {
    type: 'PodScheduled',
    status: 'False',
    reason,
    message,
    lastTransitionTime: old?.status === 'False' ? old.lastTransitionTime : rfc3339(clock.now()),
    ...(pod.metadata.generation !== undefined && { observedGeneration: pod.metadata.generation }),
  };
  const sameCondition = old?.status === 'False' && old.reason === reason && old.message === message;
  const sameNomination =
    nominatedNode === undefined || nominatedNode === (pod.status?.nominatedNodeName ?? '');
  if (sameCondition && sameNomination) return;
  const status = {
    ...(!sameCondition && { conditions: [condition] }),
    ...(!sameNomination && { nominatedNodeName: nominatedNode || null }),
  };
  const { name, namespace } = pod.metadata;
  await client.patch(refs.pods, name, namespace, 'strategic', { status }, { subresource: 'status' });
}

function shortened(message: string): string {
  return message.length <= eventMessageMax ? message : `${message.slice(0, eventMessageMax - 4)} ...`;
}
