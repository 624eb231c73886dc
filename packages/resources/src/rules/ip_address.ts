// IP addresses and CIDRs as the API reads them: leniently where old objects may hold odd forms (leading zeros,
// IPv4 in IPv6), strictly in new fields and, since StrictIPCIDRValidation, for new values of old fields.

export interface IpAddress {
  family: 'IPv4' | 'IPv6';
  /** 4 or 16 bytes. */
  bytes: readonly number[];
  /** RFC 5952 for IPv6, no leading zeros. */
  text: string;
  /** Written as `::ffff:1.2.3.4`. */
  mapped: boolean;
  /** Some part of an IPv4 address had a leading zero. */
  leadingZeros: boolean;
}

export interface Cidr {
  address: IpAddress;
  prefixLength: number;
  /** The address with all bits past the prefix cleared. */
  network: IpAddress;
  /** `network/prefixLength`. */
  text: string;
  leadingZeros: boolean;
}

export function parseIp(text: string): IpAddress | undefined {
  if (!text.includes(':')) {
    const v4 = parseIpv4(text);
    return v4 && { family: 'IPv4', ...v4, text: v4.bytes.join('.'), mapped: false };
  }
  const v6 = parseIpv6(text);
  if (!v6) return undefined;
  if (v6.bytes.slice(0, 10).every((byte) => byte === 0) && v6.bytes[10] === 255 && v6.bytes[11] === 255) {
    const bytes = v6.bytes.slice(12);
    return { family: 'IPv4', bytes, text: bytes.join('.'), mapped: true, leadingZeros: v6.leadingZeros };
  }
  return { family: 'IPv6', ...v6, text: formatIpv6(v6.bytes), mapped: false };
}

export function parseCidr(text: string): Cidr | undefined {
  const slash = text.indexOf('/');
  if (slash < 0) return undefined;
  const address = parseIp(text.slice(0, slash));
  const length = text.slice(slash + 1);
  if (!address || !/^[0-9]{1,4}$/.test(length)) return undefined;
  // A mapped address counts its prefix from the start of the IPv6 form.
  const prefixLength = Number(length) - (address.mapped ? 96 : 0);
  if (prefixLength < 0 || prefixLength > address.bytes.length * 8) return undefined;
  const network = maskIp(address, prefixLength);
  return {
    address,
    prefixLength,
    network,
    text: `${network.text}/${prefixLength}`,
    leadingZeros: address.leadingZeros || (length.length > 1 && length.startsWith('0')),
  };
}

export function cidrContains(cidr: Cidr, ip: IpAddress): boolean {
  return cidr.address.family === ip.family && maskIp(ip, cidr.prefixLength).text === cidr.network.text;
}

function maskIp(ip: IpAddress, prefixLength: number): IpAddress {
  const bytes = ip.bytes.map((byte, i) => {
    const bits = Math.max(0, Math.min(8, prefixLength - i * 8));
    return byte & (0xff << (8 - bits)) & 0xff;
  });
  return { ...ip, bytes, text: ip.family === 'IPv4' ? bytes.join('.') : formatIpv6(bytes), mapped: false };
}

function parseIpv4(text: string): { bytes: number[]; leadingZeros: boolean } | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  const bytes = parts.map((part) => (/^[0-9]{1,8}$/.test(part) ? Number(part) : 256));
  if (bytes.some((byte) => byte > 255)) return undefined;
  return { bytes, leadingZeros: parts.some((part) => part.length > 1 && part.startsWith('0')) };
}

function parseIpv6(text: string): { bytes: number[]; leadingZeros: boolean } | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  let leadingZeros = false;
  const groupsOf = (half: string): number[] | undefined => {
    if (half === '') return [];
    const groups: number[] = [];
    const parts = half.split(':');
    for (const [i, part] of parts.entries()) {
      if (part.includes('.') && i === parts.length - 1 && half === halves.at(-1)) {
        const v4 = parseIpv4(part);
        if (!v4) return undefined;
        leadingZeros ||= v4.leadingZeros;
        groups.push(v4.bytes[0]! * 256 + v4.bytes[1]!, v4.bytes[2]! * 256 + v4.bytes[3]!);
      } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(Number.parseInt(part, 16));
      else return undefined;
    }
    return groups;
  };
  const head = groupsOf(halves[0]!);
  const tail = halves.length === 2 ? groupsOf(halves[1]!) : [];
  if (!head || !tail) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...new Array<number>(missing).fill(0), ...tail];
  return { bytes: groups.flatMap((group) => [group >> 8, group & 255]), leadingZeros };
}

/** RFC 5952: lower case, the longest run of two or more zero groups as `::`. */
function formatIpv6(bytes: readonly number[]): string {
  const groups = Array.from({ length: 8 }, (_, i) => bytes[i * 2]! * 256 + bytes[i * 2 + 1]!);
  let best = { start: -1, length: 1 };
  for (let i = 0; i < 8; i++) {
    let length = 0;
    while (i + length < 8 && groups[i + length] === 0) length++;
    if (length > best.length) best = { start: i, length };
  }
  const hex = (part: number[]) => part.map((group) => group.toString(16)).join(':');
  if (best.start < 0) return hex(groups);
  return `${hex(groups.slice(0, best.start))}::${hex(groups.slice(best.start + best.length))}`;
}
