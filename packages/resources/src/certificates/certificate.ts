import { type DerValue, derValues } from './der.ts';

export interface Certificate {
  /** Its basic constraints say so (RFC 5280, 4.2.1.9). */
  isCa: boolean;
}

const sequence = 0x30;
const bitString = 0x03;
const basicConstraints = [0x55, 0x1d, 0x13];

/** What matters of an X.509 certificate (RFC 5280, 4.1) to those who collect roots; undefined where it is none. */
export function parseCertificate(der: Uint8Array): Certificate | undefined {
  const outer = derValues(der);
  const parts = outer?.length === 1 && outer[0]!.tag === sequence ? derValues(outer[0]!.content) : undefined;
  if (parts?.length !== 3 || parts[0]!.tag !== sequence || parts[1]!.tag !== sequence) return undefined;
  const body = derValues(parts[0]!.content);
  if (!body) return undefined;
  // Version, serial number, algorithm, issuer, validity, subject, key, and then what is optional.
  const versioned = body[0]?.tag === 0xa0;
  const fields = versioned ? body.slice(1) : body;
  const [serial, algorithm, issuer, validity, subject, key, ...more] = fields;
  if (serial?.tag !== 0x02) return undefined;
  if ([algorithm, issuer, validity, subject, key].some((each) => each?.tag !== sequence)) return undefined;
  const constraints = extensionsOf(more)?.find(isBasicConstraints);
  const value = constraints?.findLast((each) => each.tag === 0x04)?.content;
  const inner = value && derValues(value);
  if (inner?.length !== 1 || inner[0]!.tag !== sequence) return { isCa: false };
  const [flag] = derValues(inner[0]!.content) ?? [];
  return { isCa: flag?.tag === 0x01 && flag.content[0] === 0xff };
}

function extensionsOf(optional: readonly DerValue[]): DerValue[][] | undefined {
  const explicit = optional.find((each) => each.tag === 0xa3);
  const list = explicit && derValues(explicit.content)?.[0];
  return list && derValues(list.content)?.map((each) => derValues(each.content) ?? []);
}

function isBasicConstraints([id]: readonly DerValue[]): boolean {
  return (
    id?.tag === 0x06 && id.content.length === 3 && id.content.every((byte, i) => byte === basicConstraints[i])
  );
}

/** Whether the bytes are laid out as a PKCS #10 request (RFC 2986, 4); the signature is not verified. */
export function isCertificationRequest(der: Uint8Array): boolean {
  const [whole, ...rest] = derValues(der) ?? [];
  const [info, algorithm, signature] = whole?.tag === sequence ? (derValues(whole.content) ?? []) : [];
  if (rest.length || info?.tag !== sequence || algorithm?.tag !== sequence || signature?.tag !== bitString)
    return false;
  const [version, subject, key] = derValues(info.content) ?? [];
  return version?.tag === 0x02 && subject?.tag === sequence && key?.tag === sequence;
}

/** Whether the bytes are laid out as a SubjectPublicKeyInfo (RFC 5280, 4.1.2.7). */
export function isPublicKey(der: Uint8Array): boolean {
  const [whole, ...rest] = derValues(der) ?? [];
  const [algorithm, key] = whole?.tag === sequence ? (derValues(whole.content) ?? []) : [];
  return rest.length === 0 && algorithm?.tag === sequence && key?.tag === bitString;
}
