import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';

/** The IPv4 address of the link of the default route; else of any link; else undefined. */
export function nodeAddress(routes = readRoutes()): string | undefined {
  const links = networkInterfaces();
  const address = (link: string) =>
    links[link]?.find((item) => item.family === 'IPv4' && !item.internal)?.address;
  // /proc/net/route: a destination of zeros is the default route.
  for (const line of routes.split('\n')) {
    const [link, destination] = line.split('\t');
    if (destination === '00000000' && link && address(link)) return address(link);
  }
  for (const link of Object.keys(links)) if (address(link)) return address(link);
  return undefined;
}

function readRoutes(): string {
  try {
    return readFileSync('/proc/net/route', 'utf8');
  } catch {
    return '';
  }
}

/** The machine's name as a node name: a DNS subdomain. */
export function nodeName(name = hostname()): string {
  const clean = name
    .toLowerCase()
    .replace(/[^a-z0-9.-]/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
  return clean === '' ? 'node' : clean;
}

/** Whether something listens on the TCP port already. */
export function portTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(true));
    probe.listen(port, () => probe.close(() => resolve(false)));
  });
}
