// Which networks the machine is in already.
import { readFileSync } from 'node:fs';

export interface Route {
  link: string;
  /** The first address and the length of the prefix, e.g. `10.96.0.0/16`. */
  cidr: string;
}

/** IPv4 routes of the main table but the default ones; none where the system doesn't say. */
export function machineRoutes(text = readRoutes()): Route[] {
  const found: Route[] = [];
  for (const line of text.split('\n').slice(1)) {
    const [link, destination, , , , , , mask] = line.trim().split(/\s+/);
    if (!link || !destination || !mask || destination === '00000000') continue;
    const ones = octets(mask)
      .map((octet) => octet.toString(2).replaceAll('0', '').length)
      .reduce((sum, count) => sum + count, 0);
    found.push({ link, cidr: `${octets(destination).join('.')}/${ones}` });
  }
  return found;
}

/** Whether `inner` is within `outer` or the same. A wider route around a cluster's range does it no harm. */
export function isWithin(inner: string, outer: string): boolean {
  const [innerBase, innerLength] = parse(inner);
  const [outerBase, outerLength] = parse(outer);
  return innerLength >= outerLength && innerBase >>> (32 - outerLength) === outerBase >>> (32 - outerLength);
}

function parse(cidr: string): [base: number, length: number] {
  const [address = '', length] = cidr.split('/');
  return [address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0), Number(length)];
}

/** /proc/net/route has numbers of the machine's byte order, which is little-endian wherever Node runs. */
function octets(hex: string): number[] {
  return (hex.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16)).reverse();
}

function readRoutes(): string {
  try {
    return readFileSync('/proc/net/route', 'utf8');
  } catch {
    return '';
  }
}
