import { setMaxListeners } from 'node:events';
import type { Logger } from '@kubets/base';
import { setHeapGrowth } from '../processes/garbage_collection.ts';
import { processLogger } from '../terminal/log.ts';

/** Runs until SIGTERM or SIGINT. Returns the exit code: 1 after a failure, which is logged. */
export async function runUntilSignal(
  component: string,
  run: (signal: AbortSignal, log: Logger) => Promise<void>,
): Promise<number> {
  // Each watch of the process waits for the same signals to abort: many listeners are no leak here.
  setMaxListeners(0);
  setHeapGrowth();
  const log = processLogger(component);
  const stop = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => stop.abort());
  log.info('starting', { pid: process.pid, node: process.version });
  try {
    await run(stop.signal, log);
    log.info('stopped');
    return 0;
  } catch (error) {
    log.error('failed', { error });
    return 1;
  } finally {
    // What is left open (sockets of peers that do not answer) must not keep the process.
    setTimeout(() => process.exit(), 2_000).unref();
  }
}
