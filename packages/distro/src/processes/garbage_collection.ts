// How the garbage collector of a process that serves works: its pauses are what its clients wait for.
import { availableParallelism } from 'node:os';
import { setFlagsFromString } from 'node:v8';

/** Node's own number. */
const mostHelpers = 4;

/**
 * Node's flags for a process that serves. V8's helper threads are as many as the cores that are left: where they are
 * more, which Node doesn't ask, they stop the program and its clients for milliseconds at a time.
 */
export function nodeFlags(cores = availableParallelism()): string[] {
  return [`--v8-pool-size=${Math.max(1, Math.min(mostHelpers, cores - 1))}`];
}

/**
 * V8 collects the old generation as soon as that takes no more than 3 % of the time, however little it frees: under
 * writes each second. From now on it waits until as much has been added as was left the last time. To be called once
 * the program is loaded, and not while the build keeps its code: V8 refuses code that was kept under other flags.
 */
export function collectSeldom(): void {
  setFlagsFromString('--heap-growing-percent=100');
}
