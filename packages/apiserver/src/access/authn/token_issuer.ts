// Service account tokens: JSON Web Tokens signed with the cluster's key (ES256), through WebCrypto alone.
import type { Clock } from '@kubets/base';
import type { TokenIssuer } from '../../access.ts';

export interface TokenIssuerOptions {
  clock: Clock;
  issuer: string;
  /** PKCS #8 PEM of a P-256 key. */
  privateKey: string;
  /** SubjectPublicKeyInfo PEM. */
  publicKey: string;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
const signature = { name: 'ECDSA', hash: 'SHA-256' };
/** Tokens whose signature has been checked: the same token comes with each request of a client. */
const cacheSize = 4096;

export async function createTokenIssuer(options: TokenIssuerOptions): Promise<TokenIssuer> {
  const { subtle } = globalThis.crypto;
  const privateKey = await subtle.importKey('pkcs8', derOf(options.privateKey), algorithm, false, ['sign']);
  const publicKey = await subtle.importKey('spki', derOf(options.publicKey), algorithm, true, ['verify']);
  const { kty, crv, x, y } = await subtle.exportKey('jwk', publicKey);
  const keyId = base64url(
    new Uint8Array(await subtle.digest('SHA-256', encoder.encode(JSON.stringify({ crv, kty, x, y })))),
  );
  const checked = new Map<string, Record<string, any>>();

  return {
    issuer: options.issuer,
    async sign(claims) {
      const head = base64url(encoder.encode(JSON.stringify({ alg: 'ES256', kid: keyId })));
      const body = base64url(encoder.encode(JSON.stringify(claims)));
      const signed = await subtle.sign(signature, privateKey, encoder.encode(`${head}.${body}`));
      return `${head}.${body}.${base64url(new Uint8Array(signed))}`;
    },
    async verify(token) {
      const claims = checked.get(token) ?? (await checkSignature(token));
      if (!claims) return undefined;
      if (!checked.has(token)) {
        if (checked.size >= cacheSize) checked.delete(checked.keys().next().value!);
        checked.set(token, claims);
      }
      const seconds = options.clock.now() / 1000;
      if (claims.iss !== options.issuer || !(claims.exp > seconds) || (claims.nbf ?? 0) > seconds + 60)
        return undefined;
      return claims;
    },
    jwks: () => ({ keys: [{ use: 'sig', kty, kid: keyId, crv, alg: 'ES256', x, y }] }),
  };

  async function checkSignature(token: string): Promise<Record<string, any> | undefined> {
    const parts = token.split('.');
    if (parts.length !== 3) return undefined;
    try {
      const head = JSON.parse(decoder.decode(fromBase64url(parts[0]!)));
      if (head.alg !== 'ES256') return undefined;
      const signed = encoder.encode(`${parts[0]}.${parts[1]}`);
      if (!(await subtle.verify(signature, publicKey, fromBase64url(parts[2]!), signed))) return undefined;
      const claims = JSON.parse(decoder.decode(fromBase64url(parts[1]!)));
      return typeof claims === 'object' && claims !== null ? claims : undefined;
    } catch {
      // Not a token: neither base64 nor JSON need hold.
      return undefined;
    }
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function derOf(pem: string): Uint8Array<ArrayBuffer> {
  return fromBase64url(pem.replace(/-----[^-]+-----|\s/g, ''));
}

function base64url(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

function fromBase64url(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
