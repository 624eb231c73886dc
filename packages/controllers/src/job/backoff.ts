import type { Pod } from '@kubets/api';
import type { Ms } from '@kubets/base';
import { failuresOf, finishedAt } from './job_pods.ts';

const firstDelayMs: Ms = 10_000;
const maxDelayMs: Ms = 600_000;

/** How long until a job may replace its failed pods: grows with the failures since its last success. */
export function backoffLeft(options: { succeeded: readonly Pod[]; failed: readonly Pod[]; now: Ms }): Ms {
  const lastSuccess = Math.max(Number.NEGATIVE_INFINITY, ...options.succeeded.map(finishedAt));
  const failures = options.failed.map(finishedAt).filter((at) => at > lastSuccess);
  return delayLeft(failures.length, Math.max(...failures), options.now);
}

/** The same for one index, whose last failed pod knows how many came before it. */
export function indexBackoffLeft(lastFailed: Pod | undefined, now: Ms): Ms {
  if (!lastFailed) return 0;
  const { counted, ignored } = failuresOf(lastFailed);
  return delayLeft(counted + ignored + 1, finishedAt(lastFailed), now);
}

function delayLeft(failures: number, lastFailureAt: Ms, now: Ms): Ms {
  if (failures === 0) return 0;
  const delay = Math.min(maxDelayMs, firstDelayMs * 2 ** (failures - 1));
  return Math.max(0, lastFailureAt + delay - now);
}
