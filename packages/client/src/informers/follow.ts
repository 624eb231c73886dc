import { hasStatusCause, isApiError, isExpired, type KubeObject } from '@kubets/api';
import { Backoff, type Clock, errorMessage, type Logger, type Random } from '@kubets/base';
import type { Client, ResourceRef, WatchEvent } from '../client.ts';
import { isTransportError } from '../transport.ts';

export interface FollowOptions<T extends KubeObject> {
  client: Client;
  clock: Clock;
  random: Random;
  log: Logger;
  ref: ResourceRef<T>;
  namespace?: string;
  fieldSelector?: string;
  labelSelector?: string;
  signal: AbortSignal;
  /** All objects there are. What it throws ends the following. */
  onList(objects: readonly T[]): void;
  /** As `onList`, for changes after the list, in order. */
  onEvents(events: readonly WatchEvent<T>[]): void;
}

/** Delays between attempts, as client-go's reflector: from 0.8 s, doubled to 30 s, each up to twice as long. */
const backoffOptions = { initialMs: 800, maxMs: 30_000 };
/** A watch that ends sooner than this with nothing seen counts as a failure; a server may be refusing softly. */
const shortWatchMs = 1_000;

/**
 * Lists, then watches, and again after each failure, until the signal aborts. A broken watch goes on at the
 * revision that it came to; a revision that the server has forgotten (410) means a new list.
 */
export async function follow<T extends KubeObject>(options: FollowOptions<T>): Promise<void> {
  const { client, clock, ref, signal, onList, onEvents } = options;
  const { namespace, fieldSelector, labelSelector } = options;
  const selection = { namespace, fieldSelector, labelSelector };
  const backoff = new Backoff(backoffOptions);
  // '0': any state that the server has at hand. Never older than what was seen, even from another server.
  let listAt = '0';
  let revision: string | undefined;
  while (!signal.aborted) {
    let applying = false;
    let startedAt = clock.now();
    try {
      if (revision === undefined) {
        const list = await client.list(ref, { ...selection, resourceVersion: listAt, signal });
        if (signal.aborted) return;
        applying = true;
        onList(list.items);
        applying = false;
        revision = list.resourceVersion;
        listAt = revision;
      }
      startedAt = clock.now();
      let seen = false;
      for await (const events of client.watch(ref, { ...selection, resourceVersion: revision }, signal)) {
        if (signal.aborted) return;
        applying = true;
        onEvents(events);
        applying = false;
        if (events.length === 0) continue;
        revision = revisionOf(events[events.length - 1]!);
        listAt = revision;
        seen = true;
        backoff.forget('');
      }
      if (signal.aborted) return;
      if (!seen && clock.now() - startedAt < shortWatchMs) await wait('watch ended at once');
    } catch (error) {
      if (signal.aborted) return;
      // Only failures of the way to the server are tried again; those of the handlers are bugs.
      if (applying || !(isApiError(error) || isTransportError(error))) throw error;
      if (clock.now() - startedAt >= backoffOptions.maxMs) backoff.forget('');
      const unknownYet = hasStatusCause(error, 'ResourceVersionTooLarge');
      if (isExpired(error) || unknownYet) {
        // A list that may not be older than this revision would fail the same way: take the newest. A server knows
        // less than was seen when it was restored from a backup.
        if (revision === undefined || unknownYet) listAt = '';
        revision = undefined;
        if (backoff.failures('') === 0) {
          backoff.next('');
          continue;
        }
      }
      await wait(errorMessage(error));
    }
  }

  async function wait(reason: string): Promise<void> {
    const ms = backoff.next('') * (1 + options.random.next());
    options.log.warn('list or watch failed, trying again', { resource: ref.resource, reason, ms });
    try {
      await clock.sleep(ms, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}

function revisionOf(event: WatchEvent<KubeObject>): string {
  return event.type === 'BOOKMARK' ? event.resourceVersion : event.object.metadata.resourceVersion;
}
