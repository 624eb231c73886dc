// Values that older fields take, and that readers of the API may misread (KEP-4858).
import { parseCidr, parseIp } from './ip_address.ts';

const quoted = (text: string) => JSON.stringify(text);

export function warnOfIp(value: string | undefined, path: string): string[] {
  const ip = parseIp(value ?? '');
  if (!value || !ip || value === ip.text) return [];
  return ip.leadingZeros || ip.mapped
    ? [`${path}: non-standard IP address ${quoted(value)} is invalid: use ${quoted(ip.text)}`]
    : [`${path}: IPv6 address ${quoted(value)} should be in RFC 5952 canonical format (${quoted(ip.text)})`];
}

export function warnOfCidr(value: string | undefined, path: string): string[] {
  const cidr = parseCidr(value ?? '');
  if (!value || !cidr) return [];
  const warnings: string[] = [];
  const text = quoted(value);
  if (cidr.address.text !== cidr.network.text) {
    const single = quoted(`${cidr.address.text}/${cidr.address.bytes.length * 8}`);
    warnings.push(
      `${path}: CIDR value ${text} is ambiguous in this context (should be ${quoted(cidr.text)} or ${single}?)`,
    );
  }
  if (cidr.leadingZeros || cidr.address.mapped)
    warnings.push(`${path}: non-standard CIDR value ${text} is invalid: use ${quoted(cidr.text)}`);
  if (warnings.length === 0 && value !== cidr.text)
    warnings.push(
      `${path}: IPv6 CIDR value ${text} should be in RFC 5952 canonical format (${quoted(cidr.text)})`,
    );
  return warnings;
}
