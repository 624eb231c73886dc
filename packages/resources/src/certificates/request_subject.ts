import { derValues } from './der.ts';
import { pemBlocksIn } from './pem.ts';

export interface RequestSubject {
  commonName: string;
  organizations: string[];
}

const sequence = 0x30;
const commonName = '2.5.4.3';
const organization = '2.5.4.10';

/** Who a certificate is asked for (RFC 2986, 4.1): of a PEM request in base64; undefined where it is none. */
export function requestSubject(base64: string | undefined): RequestSubject | undefined {
  const der = requestBytes(base64);
  const [whole] = (der && derValues(der)) ?? [];
  const [info] = whole?.tag === sequence ? (derValues(whole.content) ?? []) : [];
  const [, subject] = info?.tag === sequence ? (derValues(info.content) ?? []) : [];
  if (subject?.tag !== sequence) return undefined;
  const found: RequestSubject = { commonName: '', organizations: [] };
  for (const set of derValues(subject.content) ?? []) {
    for (const pair of derValues(set.content) ?? []) {
      const [id, value] = derValues(pair.content) ?? [];
      if (!id || !value) continue;
      const text = new TextDecoder().decode(value.content);
      if (dotted(id.content) === commonName) found.commonName = text;
      if (dotted(id.content) === organization) found.organizations.push(text);
    }
  }
  return found;
}

function requestBytes(base64: string | undefined): Uint8Array | undefined {
  try {
    const block = pemBlocksIn(atob(base64 ?? ''))[0];
    if (block?.type !== 'CERTIFICATE REQUEST') return undefined;
    return Uint8Array.from(atob(block.base64), (char) => char.charCodeAt(0));
  } catch {
    return undefined;
  }
}

/** An object identifier of X.520 attributes: all of its numbers fit one byte. */
function dotted(content: Uint8Array): string {
  const [first = 0, ...rest] = content;
  return [Math.floor(first / 40), first % 40, ...rest].join('.');
}
