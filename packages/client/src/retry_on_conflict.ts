import { isConflict } from '@kubets/api';

/**
 * Runs `attempt`, which reads and then writes, again as long as someone else wrote in between; five times, as
 * client-go's default. Rejects with the last conflict, or at once with any other failure.
 */
export async function retryOnConflict<T>(attempt: () => Promise<T>, attempts = 5): Promise<T> {
  for (let left = attempts - 1; ; left--) {
    try {
      return await attempt();
    } catch (error) {
      if (!isConflict(error) || left <= 0) throw error;
    }
  }
}
