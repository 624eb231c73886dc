import { hostname } from 'node:os';
import type { Clock, Component, Logger, Random } from '@kubets/base';
import { type Client, runWithLease } from '@kubets/client';

/**
 * Runs `component` while this process holds the Lease `name` in kube-system, by the name that upstream's own
 * component uses: whichever holds it, ours or theirs, is the only one at work.
 * Ends with LeaseLostError when the lease is lost.
 */
export function leading(options: {
  name: string;
  component: Component;
  client: Client;
  clock: Clock;
  random: Random;
  log: Logger;
}): Component {
  const { name, component, client, clock, random, log } = options;
  const identity = `${hostname()}_${crypto.randomUUID()}`;
  return {
    name: component.name,
    run: (signal) =>
      runWithLease({ client, clock, random, log, name, identity, signal }, (held) => component.run(held)),
  };
}
