// What a PKCS #10 request asks for: just enough of ASN.1 (X.690 DER) to tell a kubelet's client certificate from
// anything else.
import { decodeBase64 } from '@kubets/api';

export interface RequestedCertificate {
  commonName: string;
  organizations: readonly string[];
  /** Whether it asks for names or addresses of any kind. */
  hasAlternativeNames: boolean;
}

interface Node {
  tag: number;
  /** The content octets. */
  bytes: Uint8Array;
}

const sequence = 0x30;
const set = 0x31;
const attributes = 0xa0;
const oids = {
  commonName: '55 04 03',
  organization: '55 04 0a',
  extensionRequest: '2a 86 48 86 f7 0d 01 09 0e',
  subjectAltName: '55 1d 11',
};

/** `request`: spec.request of a CertificateSigningRequest (base64 of PEM). Undefined when it can't be read. */
export function parseRequest(request: string): RequestedCertificate | undefined {
  try {
    const pem = new TextDecoder().decode(decodeBase64(request));
    const body = /-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----([\s\S]+?)-----END/.exec(pem)?.[1];
    if (!body) return undefined;
    const der = decodeBase64(body.replace(/\s+/g, ''));
    if (!der) return undefined;
    const [outer] = children(der);
    const [info] = children(outer!.bytes);
    const [, subject, , requested] = children(info!.bytes);
    const names = children(subject!.bytes)
      .flatMap((relative) => (relative.tag === set ? children(relative.bytes) : []))
      .map(({ bytes }) => children(bytes))
      .map(([type, value]) => ({ type: hex(type!.bytes), value: new TextDecoder().decode(value!.bytes) }));
    return {
      commonName: names.findLast(({ type }) => type === oids.commonName)?.value ?? '',
      organizations: names.filter(({ type }) => type === oids.organization).map(({ value }) => value),
      hasAlternativeNames: requested?.tag === attributes && asksForNames(requested),
    };
  } catch {
    // Anything at all may have been sent in.
    return undefined;
  }
}

function asksForNames({ bytes }: Node): boolean {
  return children(bytes).some((attribute) => {
    const [type, values] = children(attribute.bytes);
    if (hex(type!.bytes) !== oids.extensionRequest) return false;
    return children(values!.bytes)
      .flatMap((extensions) => children(extensions.bytes))
      .some(
        (extension) =>
          extension.tag === sequence && hex(children(extension.bytes)[0]!.bytes) === oids.subjectAltName,
      );
  });
}

/** The elements that `bytes` is made of. Throws RangeError when it is cut short. */
function children(bytes: Uint8Array): Node[] {
  const nodes: Node[] = [];
  let at = 0;
  const next = () => {
    if (at >= bytes.length) throw new RangeError('element is cut short');
    return bytes[at++]!;
  };
  while (at < bytes.length) {
    const tag = next();
    let length = next();
    if (length & 0x80) {
      const count = length & 0x7f;
      if (count === 0 || count > 4) throw new RangeError('length is out of range');
      length = 0;
      for (let i = 0; i < count; i++) length = length * 256 + next();
    }
    if (at + length > bytes.length) throw new RangeError('element is cut short');
    nodes.push({ tag, bytes: bytes.subarray(at, at + length) });
    at += length;
  }
  return nodes;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
