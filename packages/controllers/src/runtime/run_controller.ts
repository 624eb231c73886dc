import { hasStatusCause, isApiError, isConflict, isNotFound } from '@kubets/api';
import { aborted, type Clock, errorMessage, type Logger, WorkQueue } from '@kubets/base';
import { isTransportError } from '@kubets/client';
import type { Caches } from './caches.ts';
import type { Controller } from './controller.ts';

const minAgainMs = 10;

/** Works on the controller's keys until `signal` aborts and the work under way has ended. */
export async function runController(
  controller: Controller,
  { caches, clock, log, signal }: { caches: Caches; clock: Clock; log: Logger; signal: AbortSignal },
): Promise<void> {
  const queue = new WorkQueue({ clock });
  const failures = new FailureLog(log);
  for (const watch of controller.watches) {
    watch.start((key, afterMs) => (afterMs ? queue.addAfter(key, afterMs) : queue.add(key)), signal);
  }
  try {
    await caches.synced();
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  if (signal.aborted) return;
  for (const key of controller.startKeys ?? []) queue.add(key);

  const work = async () => {
    for (let key = await queue.next(); key !== undefined; key = await queue.next()) {
      try {
        const result = await controller.reconcile(key);
        queue.forget(key);
        failures.forget(key);
        // Never at once: what a key waits for is heard of only when the event loop has had its turn.
        if (result) queue.addAfter(key, Math.max(minAgainMs, result.againAfterMs));
      } catch (error) {
        if (!signal.aborted) {
          failures.report(key, error);
          queue.addRateLimited(key);
        }
      }
      queue.done(key);
    }
  };
  const workers = Array.from({ length: controller.workers ?? 5 }, work);
  await aborted(signal);
  queue.close();
  await Promise.all(workers);
}

/** Logs a key's failure once, and again only when it fails in another way. Holds failing keys only. */
class FailureLog {
  readonly #log: Logger;
  readonly #last = new Map<string, string>();

  constructor(log: Logger) {
    this.#log = log;
  }

  report(key: string, error: unknown): void {
    const message = errorMessage(error);
    if (this.#last.get(key) === message) return;
    this.#last.set(key, message);
    if (isExpectedRace(error)) this.#log.debug('reconcile lost a race', { key, error: message });
    else if (isTransportError(error)) this.#log.warn('server not reached', { key, error: message });
    else if (isApiError(error)) this.#log.warn('reconcile refused by the server', { key, error: message });
    else this.#log.error('reconcile failed', { key, error: error instanceof Error ? error.stack : message });
  }

  forget(key: string): void {
    this.#last.delete(key);
  }
}

/** The object was changed, or has gone, since the local copy was made: the next look finds it as it is. */
function isExpectedRace(error: unknown): boolean {
  return isConflict(error) || isNotFound(error) || isNamespaceTerminating(error);
}

/** Creating in a namespace that is going away fails for ever; its content is going away too. */
export function isNamespaceTerminating(error: unknown): boolean {
  return hasStatusCause(error, 'NamespaceTerminating');
}
