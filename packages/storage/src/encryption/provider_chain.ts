// The ciphers of one rule: the first writes, whichever knows the prefix reads.
import { errorMessage } from '@kubets/base';
import type { Bytes } from '../store.ts';
import { aesCbcCipher, aesGcmCipher } from './aes_cipher.ts';
import type { EncryptionProvider } from './encryption_config.ts';
import { secretboxCipher } from './secretbox_cipher.ts';
import { identityCipher, KeyUnavailableError, type ValueCipher } from './value_cipher.ts';

const cipherOfKey = { aescbc: aesCbcCipher, aesgcm: aesGcmCipher, secretbox: secretboxCipher };

export interface Decrypted {
  value: Bytes;
  /** Another cipher would be used to write it today. */
  stale: boolean;
}

export class ProviderChain {
  readonly #ciphers: readonly { cipher: ValueCipher; prefix: Buffer }[];

  constructor(ciphers: readonly ValueCipher[]) {
    this.#ciphers = ciphers.map((cipher) => ({ cipher, prefix: Buffer.from(cipher.prefix) }));
  }

  encrypt(value: Bytes, key: string): Bytes | Promise<Bytes> {
    const { cipher, prefix } = this.#ciphers[0]!;
    if (prefix.length === 0) return cipher.encrypt(value, key);
    const behind = (data: Bytes) => Buffer.concat([prefix, data]);
    const data = cipher.encrypt(value, key);
    return data instanceof Promise ? data.then(behind) : behind(data);
  }

  async decrypt(stored: Bytes, key: string): Promise<Decrypted> {
    const problems: unknown[] = [];
    for (const [i, { cipher, prefix }] of this.#ciphers.entries()) {
      if (!prefix.equals(stored.subarray(0, prefix.length))) continue;
      const data = stored.subarray(prefix.length);
      try {
        const value = await cipher.decrypt(data, key);
        return { value, stale: i > 0 || cipher.isCurrent?.(data) === false };
      } catch (error) {
        // Names of keys may repeat: the next one may fit.
        problems.push(error);
      }
    }
    const away = problems.find((problem) => problem instanceof KeyUnavailableError);
    throw away ?? new Error(problems.map(errorMessage).join('; ') || 'no matching prefix found');
  }
}

export function ciphersOf(
  providers: readonly EncryptionProvider[],
  kmsCipher: (provider: EncryptionProvider & { type: 'kms' }) => ValueCipher,
): ValueCipher[] {
  return providers.flatMap((provider) => {
    if (provider.type === 'identity') return [identityCipher];
    if (provider.type === 'kms') return [kmsCipher(provider)];
    const makeCipher = cipherOfKey[provider.type];
    return provider.keys.map(({ name, secret }) => makeCipher(name, secret));
  });
}
