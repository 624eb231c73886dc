import { type Event, isApiError, isNotFound, type New, type ObjectReference } from '@kubets/api';
import { type Clock, errorMessage, type Logger, type Random, rfc3339 } from '@kubets/base';
import type { Client, EventRecorder } from '../client.ts';
import { refs } from '../refs.ts';
import { isTransportError } from '../transport.ts';
import { type Correlation, EventCorrelator } from './event_correlator.ts';

export interface EventRecorderOptions {
  client: Client;
  clock: Clock;
  random: Random;
  /** Who reports: `kubelet`, `deployment-controller`. */
  component: string;
  /** The node, where the component runs on one. */
  host?: string;
  log?: Logger;
  /** Ends the waiting between attempts. */
  signal?: AbortSignal;
}

/** As client-go's broadcaster: more than this waiting are dropped. */
const queueLimit = 1_000;
const attempts = 12;
const retryMs = 10_000;

/** Writes events one after the other in the background. */
export function createEventRecorder(options: EventRecorderOptions): EventRecorder {
  const { client, clock, random, log, signal } = options;
  const correlator = new EventCorrelator();
  const queue: New<Event>[] = [];
  let draining = false;

  return {
    event(about, type, reason, message, { fieldPath, related, action } = {}) {
      if (queue.length >= queueLimit) return;
      const involvedObject = referenceOf(about, fieldPath);
      const now = rfc3339(clock.now());
      queue.push({
        metadata: {
          name: eventName(involvedObject.name ?? '', clock.now(), random),
          // Cluster-scoped objects have their events in `default`.
          namespace: involvedObject.namespace || 'default',
        },
        involvedObject,
        reason,
        message,
        source: { component: options.component, ...(options.host && { host: options.host }) },
        firstTimestamp: now,
        lastTimestamp: now,
        count: 1,
        type,
        ...(related && { related }),
        ...(action && { action }),
        reportingComponent: options.component,
        reportingInstance: options.host ?? '',
      });
      if (!draining) void drain();
    },
  };

  async function drain(): Promise<void> {
    draining = true;
    while (queue.length > 0 && !signal?.aborted) await record(queue.shift()!);
    draining = false;
  }

  async function record(event: New<Event>): Promise<void> {
    const { name, namespace } = event.metadata;
    const correlation = correlator.correlate(event, clock.now());
    for (let attempt = 1; ; attempt++) {
      try {
        await write(correlation);
        return;
      } catch (error) {
        const again = isTransportError(error) && attempt < attempts && !signal?.aborted;
        if (!again) {
          // A refusal is final: a namespace that goes away, a missing permission.
          if (!isTransportError(error) && !isApiError(error)) throw error;
          log?.warn('event dropped', { name, namespace, reason: errorMessage(error) });
          return;
        }
        try {
          await clock.sleep(attempt === 1 ? retryMs * random.next() : retryMs, signal);
        } catch {
          return;
        }
      }
    }
  }

  async function write(correlation: Correlation): Promise<void> {
    if (correlation.write === 'nothing') return;
    if (correlation.write === 'patch') {
      const { name, namespace } = correlation.event.metadata;
      try {
        await client.patch(refs.events, name!, namespace, 'strategic', correlation.patch);
        return;
      } catch (error) {
        // The counted event has expired; it starts anew, its count kept.
        if (!isNotFound(error)) throw error;
      }
    }
    await client.create(refs.events, correlation.event);
  }
}

function referenceOf(about: Parameters<EventRecorder['event']>[0], fieldPath?: string): ObjectReference {
  const field = fieldPath ? { fieldPath } : {};
  if (!('metadata' in about)) return { ...about, ...field };
  const { namespace, name, uid, resourceVersion } = about.metadata;
  return {
    apiVersion: about.apiVersion,
    kind: about.kind,
    ...(namespace && { namespace }),
    name,
    uid,
    resourceVersion,
    ...field,
  };
}

/** The object's name and the time in nanoseconds, as client-go names events; below a millisecond it is drawn. */
function eventName(about: string, nowMs: number, random: Random): string {
  const nanoseconds = BigInt(nowMs) * 1_000_000n + BigInt(Math.floor(random.next() * 1_000_000));
  const suffix = `.${nanoseconds.toString(16)}`;
  return about.slice(0, 253 - suffix.length).replace(/[^a-z0-9]+$/, '') + suffix;
}
