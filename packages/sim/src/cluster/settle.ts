import { settleMicrotasks } from '@kubets/base';

/** Rounds without a request after which nothing is under way any more. */
const quietRounds = 2;

/** A cluster that writes for so long at one instant never comes to rest: two of its parts undo each other. */
const maxRounds = 10_000;

/**
 * Waits until all that is under way has come to wait for the clock. `activity` counts requests: parts that hand
 * over to the event loop in between (the scheduler does, after a batch) are waited for too.
 */
export async function settle(activity: () => number): Promise<void> {
  let quiet = 0;
  let seen = activity();
  for (let round = 0; quiet < quietRounds; round++) {
    if (round > maxRounds)
      throw new Error('the cluster does not come to rest: its parts write without a pause');
    await settleMicrotasks();
    quiet = activity() === seen ? quiet + 1 : 0;
    seen = activity();
  }
}
