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
 * From now on V8 collects the old generation when so much has been added to what was left the last time. By itself it
 * lets garbage grow to several times of what is used where much is allocated, and collects again and again, as long as
 * that takes less than 3 % of the time, where little is. Most of the memory of a server lies outside of its heap, in
 * the bytes of objects, so this costs little. To be called once the program is loaded, and not while the build keeps
 * its code: V8 refuses code that was kept under other flags.
 */
export function setHeapGrowth(): void {
  setFlagsFromString('--heap-growing-percent=60');
}
