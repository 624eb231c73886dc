// Base64 with padding (RFC 4648, section 4), as Go's encoding/json reads and writes []byte.

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const codes = Uint8Array.from(alphabet, (char) => char.charCodeAt(0));
const padding = 0x3d;
const values = new Uint8Array(256).fill(255);
for (let i = 0; i < 64; i++) values[codes[i]!] = i;
const text = new TextDecoder();

export function encodeBase64(bytes: Uint8Array): string {
  const out = new Uint8Array(Math.ceil(bytes.length / 3) * 4);
  let to = 0;
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at;
    const group =
      (bytes[at]! << 16) | ((left > 1 ? bytes[at + 1]! : 0) << 8) | (left > 2 ? bytes[at + 2]! : 0);
    out[to++] = codes[group >> 18]!;
    out[to++] = codes[(group >> 12) & 63]!;
    out[to++] = left > 1 ? codes[(group >> 6) & 63]! : padding;
    out[to++] = left > 2 ? codes[group & 63]! : padding;
  }
  return text.decode(out);
}

/** Undefined where the text isn't base64. Line breaks are skipped, as Go skips them. */
export function decodeBase64(encoded: string): Uint8Array | undefined {
  const clean = encoded.includes('\n') || encoded.includes('\r') ? encoded.replace(/[\r\n]/g, '') : encoded;
  if (clean.length % 4 !== 0) return undefined;
  const padded = clean.endsWith('==') ? 2 : clean.endsWith('=') ? 1 : 0;
  const out = new Uint8Array((clean.length / 4) * 3 - padded);
  let to = 0;
  for (let at = 0; at < clean.length; at += 4) {
    const last = at + 4 === clean.length ? padded : 0;
    const a = valueAt(clean, at);
    const b = valueAt(clean, at + 1);
    const c = last > 1 ? 0 : valueAt(clean, at + 2);
    const d = last > 0 ? 0 : valueAt(clean, at + 3);
    if ((a | b | c | d) > 63) return undefined;
    const group = (a << 18) | (b << 12) | (c << 6) | d;
    out[to++] = group >> 16;
    if (last < 2) out[to++] = (group >> 8) & 255;
    if (last < 1) out[to++] = group & 255;
  }
  return out;
}

function valueAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code < 256 ? values[code]! : 255;
}
