import type { Duplex } from 'node:stream';
import type { Clock, Ms } from '@kubets/base';
import { keepAlive } from './keep_alive.ts';
import { readToTheEnd } from './read_to_the_end.ts';

export interface JoinSocketsOptions {
  clock: Clock;
  /** Ends both when it aborts. */
  signal?: AbortSignal;
}

/** How long an end that does not read may hold up the closing of both. */
const flushTimeoutMs: Ms = 10_000;

/**
 * Hands bytes on both ways, for connections whose protocol is not looked into (SPDY from kubectl to a kubelet, from
 * a kubelet to containerd). When one side ends, what it sent before still reaches the other; then both are
 * closed, since half of such a connection is none. Resolves then.
 */
export async function joinSockets(
  a: Duplex,
  b: Duplex,
  { clock, signal }: JoinSocketsOptions,
): Promise<void> {
  const stop = () => {
    a.destroy();
    b.destroy();
  };
  for (const socket of [a, b]) {
    keepAlive(socket);
    readToTheEnd(socket);
  }
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted) stop();
  await Promise.race([passOn(a, b, clock), passOn(b, a, clock)]);
  signal?.removeEventListener('abort', stop);
  stop();
}

/** Resolves when `from` has ended and `to` has taken all of it, or can't. */
function passOn(from: Duplex, to: Duplex, clock: Clock): Promise<void> {
  let failed = false;
  return new Promise((resolve) => {
    from.on('data', (chunk) => {
      if (!failed && !to.write(chunk)) from.pause();
    });
    to.on('drain', () => from.resume());
    to.on('error', () => {
      failed = true;
      from.resume();
    });
    const ended = () => {
      if (failed || to.destroyed) return resolve();
      const cancel = clock.after(flushTimeoutMs, resolve);
      to.end(() => {
        cancel();
        resolve();
      });
    };
    from.once('end', ended);
    from.once('close', ended);
    if (from.destroyed) ended();
  });
}
