import { type FieldError, invalidValue } from '@kubets/api';
import { parseIp } from '../rules/ip_address.ts';

/** Addresses that traffic may be sent to: none that mean the sender itself or only its link. */
export function validateEndpointIp(value: string, path: string): FieldError[] {
  const ip = parseIp(value);
  if (!ip) return [invalidValue(path, value, 'must be a valid IP address')];
  const [a = 0, b = 0, c = 0] = ip.bytes;
  const v4 = ip.family === 'IPv4';
  const faults: [boolean, string][] = [
    [ip.bytes.every((byte) => byte === 0), `may not be unspecified (${value})`],
    [v4 ? a === 127 : ip.text === '::1', 'may not be in the loopback range (127.0.0.0/8, ::1/128)'],
    [
      v4 ? a === 169 && b === 254 : a === 0xfe && (b & 0xc0) === 0x80,
      'may not be in the link-local range (169.254.0.0/16, fe80::/10)',
    ],
    [
      v4 ? a === 224 && b === 0 && c === 0 : a === 0xff && (b & 0x0f) === 2,
      'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)',
    ],
  ];
  return faults.filter(([applies]) => applies).map(([, message]) => invalidValue(path, value, message));
}
