// IP addresses and ranges as text and as numbers.

export type IpFamily = 'IPv4' | 'IPv6';

export interface Cidr {
  readonly family: IpFamily;
  /** The first address of the range. */
  readonly base: bigint;
  readonly bits: number;
}

/** The address as a number, or undefined when `text` is not one. */
export function parseAddress(text: string): { family: IpFamily; value: bigint } | undefined {
  if (text.includes(':')) {
    const value = parseIPv6(text);
    return value === undefined ? undefined : { family: 'IPv6', value };
  }
  const value = parseIPv4(text);
  return value === undefined ? undefined : { family: 'IPv4', value };
}

/** By shape only: the API server has checked that addresses in objects are valid. */
export function familyOf(address: string): IpFamily {
  return address.includes(':') ? 'IPv6' : 'IPv4';
}

/** `10.0.0.0/8`, `fd00::/8`; undefined when it is neither. Host bits are cleared. */
export function parseCidr(text: string): Cidr | undefined {
  const slash = text.indexOf('/');
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (!address || slash < 0 || !/^\d{1,3}$/.test(text.slice(slash + 1))) return undefined;
  const bits = Number(text.slice(slash + 1));
  const size = sizeOf(address.family);
  if (bits > size) return undefined;
  const host = BigInt(size - bits);
  return { family: address.family, base: (address.value >> host) << host, bits };
}

export function cidrContains(outer: Cidr, inner: Cidr): boolean {
  if (outer.family !== inner.family || outer.bits > inner.bits) return false;
  const host = BigInt(sizeOf(outer.family) - outer.bits);
  return outer.base >> host === inner.base >> host;
}

export function formatCidr(cidr: Cidr): string {
  return `${formatAddress(cidr.family, cidr.base)}/${cidr.bits}`;
}

/** IPv6 in the form of RFC 5952: lower case, the longest run of zeroes as `::`. */
export function formatAddress(family: IpFamily, value: bigint): string {
  if (family === 'IPv4') return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 0xffn).join('.');
  const groups = Array.from({ length: 8 }, (_, i) => Number((value >> BigInt(112 - i * 16)) & 0xffffn));
  let start = -1;
  let length = 1;
  for (let i = 0; i < 8; i++) {
    let end = i;
    while (end < 8 && groups[end] === 0) end++;
    if (end - i > length) {
      start = i;
      length = end - i;
    }
  }
  const hex = (part: number[]) => part.map((group) => group.toString(16)).join(':');
  if (start < 0) return hex(groups);
  return `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`;
}

/** The one spelling of an address that two equal ones share. Text that is no address comes back as it is. */
export function canonicalAddress(text: string): string {
  // An IPv4 address has one spelling only.
  if (!text.includes(':')) return text;
  const address = parseAddress(text);
  return address ? formatAddress(address.family, address.value) : text;
}

function sizeOf(family: IpFamily): number {
  return family === 'IPv4' ? 32 : 128;
}

function parseIPv4(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let value = 0n;
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
    value = (value << 8n) | BigInt(part);
  }
  return value;
}

function parseIPv6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const groups = halves.map((half) => groupsOf(half));
  const [head, tail] = groups;
  if (!head || (halves.length === 2 && !tail)) return undefined;
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const all = tail ? [...head, ...Array<number>(missing).fill(0), ...tail] : head;
  return all.reduce((value, group) => (value << 16n) | BigInt(group), 0n);
}

function groupsOf(half: string): number[] | undefined {
  if (half === '') return [];
  const groups: number[] = [];
  const parts = half.split(':');
  for (const [i, part] of parts.entries()) {
    if (i === parts.length - 1 && part.includes('.')) {
      const v4 = parseIPv4(part);
      if (v4 === undefined) return undefined;
      groups.push(Number(v4 >> 16n), Number(v4 & 0xffffn));
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return groups;
}
