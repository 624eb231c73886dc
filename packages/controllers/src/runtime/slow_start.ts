/**
 * Runs `attempt` `count` times in batches of 1, 2, 4, ... and stops after the first batch with a failure: what
 * fails for all (a quota, a webhook) is tried once instead of `count` times.
 */
export async function slowStart(
  count: number,
  attempt: (index: number) => Promise<void>,
): Promise<{ done: number; attempted: number; error?: unknown }> {
  let done = 0;
  let attempted = 0;
  for (let size = 1; attempted < count; size *= 2) {
    const batch = Math.min(size, count - attempted);
    const first = attempted;
    attempted += batch;
    const results = await Promise.allSettled(Array.from({ length: batch }, (_, i) => attempt(first + i)));
    done += results.filter((result) => result.status === 'fulfilled').length;
    const failure = results.find((result) => result.status === 'rejected');
    if (failure) return { done, attempted, error: failure.reason };
  }
  return { done, attempted };
}
