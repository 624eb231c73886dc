import { setMaxListeners } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import type { Logger } from '@kubets/base';
import { processLogger } from '../terminal/log.ts';

/** Runs until SIGTERM or SIGINT. Returns the exit code: 1 after a failure, which is logged. */
export async function runUntilSignal(
  component: string,
  run: (signal: AbortSignal, log: Logger) => Promise<void>,
): Promise<number> {
  // Each watch of the process waits for the same signals to abort: many listeners are no leak here.
  setMaxListeners(0);
  // V8 would let garbage grow to several times of what is used before it collects; most of the memory of a server
  // lies outside of its heap, in the bytes of objects, so a tighter rein costs little.
  setFlagsFromString('--heap-growing-percent=60');
  const log = processLogger(component);
  const stop = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => stop.abort());
  log.info('starting', { pid: process.pid, node: process.version });
  // What is left open (sockets of peers that do not answer) must not keep the process.
  const exitSoon = () => setTimeout(() => process.exit(), 2_000).unref();
  try {
    await run(stop.signal, log);
    log.info('stopped');
    return 0;
  } catch (error) {
    log.error('failed', { error });
    return 1;
  } finally {
    exitSoon();
  }
}
