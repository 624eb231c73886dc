// The wait between restarts of a container that keeps ending (CrashLoopBackOff).
import type { Container } from '@kubets/api';
import type { Ms } from '@kubets/base';
import { containerHash } from './container_hash.ts';

export interface CrashBackOff {
  /** How long the next restart has to wait after the container ended. */
  delayMs: Ms;
  /** When it was restarted last. */
  at: Ms;
}

/** Another image is another container: it does not wait for the failures of the one before. */
export function backOffKey(container: Container): string {
  return `${container.name}/${containerHash(container)}`;
}

const initialDelayMs = 10_000;
const maxDelayMs = 300_000;

export type BackOffVerdict = { wait: true; until: Ms; delayMs: Ms } | { wait: false; next: CrashBackOff };

/**
 * The first restart is at once, the second waits 10 s from the end of the container, each later one twice as
 * long, up to 300 s. A container that ran for ten minutes since its last restart starts over.
 */
export function judgeRestart(entry: CrashBackOff | undefined, endedAt: Ms, now: Ms): BackOffVerdict {
  const forgotten = !entry || endedAt - entry.at > 2 * maxDelayMs;
  if (forgotten) return { wait: false, next: { delayMs: initialDelayMs, at: now } };
  if (now - endedAt < entry.delayMs)
    return { wait: true, until: endedAt + entry.delayMs, delayMs: entry.delayMs };
  return { wait: false, next: { delayMs: Math.min(maxDelayMs, entry.delayMs * 2), at: now } };
}

/** As Go prints a duration of whole seconds: `10s`, `1m20s`, `5m0s`. */
export function formatSeconds(ms: Ms): string {
  const seconds = Math.round(ms / 1000);
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  if (hours > 0) return `${hours}h${minutes}m${seconds % 60}s`;
  return minutes > 0 ? `${minutes}m${seconds % 60}s` : `${seconds}s`;
}
