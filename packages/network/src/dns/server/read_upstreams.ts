// The machine's own name servers, read again as they change: laptops move from net to net.
import { readFile } from 'node:fs/promises';
import type { Clock, Ms } from '@kubets/base';
import { canonicalAddress, parseAddress } from '../../address.ts';

export interface UpstreamsOptions {
  clock: Clock;
  /** Addresses of this server: never asked, that would be a ring. */
  own: readonly string[];
  /** Files to read, the first that names a server wins; default: those of the machine. */
  files?: readonly string[];
}

// systemd-resolved answers at a loopback address, which a node in a network namespace of its own does not
// reach; the second file lists what stands behind it.
const stub = '127.0.0.53';
const defaultFiles = ['/etc/resolv.conf', '/run/systemd/resolve/resolv.conf'];
const freshMs: Ms = 5000;

export function machineUpstreams(options: UpstreamsOptions): () => Promise<readonly string[]> {
  const { clock, own, files = defaultFiles } = options;
  let known: { servers: readonly string[]; at: Ms } | undefined;
  return async () => {
    if (known && clock.now() - known.at < freshMs) return known.servers;
    const lists = await Promise.all(
      files.map(async (file) => serversOf(await readFile(file, 'utf8').catch(() => ''), own)),
    );
    const servers =
      lists.find((list) => list.some((server) => server !== stub)) ?? lists.find((list) => list.length > 0);
    known = { servers: servers ?? [], at: clock.now() };
    return known.servers;
  };
}

/** The `nameserver` lines of a resolv.conf. */
export function serversOf(text: string, own: readonly string[]): string[] {
  const servers = [...text.matchAll(/^\s*nameserver\s+(\S+)/gm)].map((match) =>
    match[1]!.replace(/%.*$/, ''),
  );
  const usable = servers.filter((server) => parseAddress(server)).map(canonicalAddress);
  return usable.filter((server) => !own.includes(server));
}
