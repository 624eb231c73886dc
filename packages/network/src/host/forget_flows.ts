// Deletes entries of the kernel's connection table. nft can't, so this needs the `conntrack` command; without
// it a UDP client that never pauses stays with a dead endpoint until it has been silent for two minutes.
import { spawn } from 'node:child_process';
import { errorMessage, type Logger } from '@kubets/base';
import { familyOf } from '../address.ts';
import type { StaleFlow } from '../proxy/stale_flows.ts';

export interface ConntrackOptions {
  log: Logger;
  /** The command and what stands in front of it, e.g. `['ip', 'netns', 'exec', 'node-1', 'conntrack']`. */
  command?: readonly string[];
}

export function conntrackFlows(options: ConntrackOptions): (flows: readonly StaleFlow[]) => Promise<void> {
  const { log, command = ['conntrack'] } = options;
  let missing = false;
  return async (flows) => {
    for (const flow of flows) {
      if (missing) return;
      try {
        await run([...command, ...argumentsFor(flow)]);
      } catch (error) {
        missing = true;
        log.warn('UDP flows to gone endpoints are not cut: no conntrack command', {
          error: errorMessage(error),
        });
      }
    }
  };
}

export function argumentsFor({ address, port }: StaleFlow): string[] {
  const family = familyOf(address) === 'IPv4' ? 'ipv4' : 'ipv6';
  return ['-D', '-f', family, '-p', 'udp', '--dst-nat', address, '--reply-port-src', String(port)];
}

/** conntrack exits with 1 when nothing matched, so only a command that can't be started is an error. */
function run([command, ...args]: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command!, args, { stdio: 'ignore' });
    child.on('error', reject);
    child.on('close', () => resolve());
  });
}
