import type { Bytes } from '../store.ts';

/** One key of one provider. What it writes begins with `prefix`. */
export interface ValueCipher {
  /** `k8s:enc:aescbc:v1:NAME:`; empty for identity. */
  readonly prefix: string;
  /** `data` without the prefix; `key`: where the value stands in etcd, which some ciphers bind it to. */
  decrypt(data: Bytes, key: string): Bytes | Promise<Bytes>;
  encrypt(value: Bytes, key: string): Bytes | Promise<Bytes>;
  /** False when the same provider would encrypt it otherwise by now (a KMS whose key has been rotated). */
  isCurrent?(data: Bytes): boolean;
}

const encryptedPrefix = Buffer.from('k8s:enc:');

/** Every encrypted value begins with the same word, whoever wrote it. */
export function isEncrypted(stored: Bytes): boolean {
  return encryptedPrefix.equals(stored.subarray(0, encryptedPrefix.length));
}

/** Values as they are. */
export const identityCipher: ValueCipher = {
  prefix: '',
  decrypt(data) {
    if (isEncrypted(data)) throw new Error('identity transformer tried to read encrypted data');
    return data;
  },
  encrypt: (value) => value,
};

/** The key can't be had now, so nobody can say whether the value can be read: who asked must ask again. */
export class KeyUnavailableError extends Error {
  override readonly name = 'KeyUnavailableError';
}
