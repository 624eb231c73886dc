import { randomBytes } from 'node:crypto';
import type { Bytes } from '../store.ts';
import type { ValueCipher } from './value_cipher.ts';
import { nonceSize, openSecretbox, sealSecretbox } from './xsalsa20_poly1305.ts';

export function secretboxCipher(name: string, secret: Bytes): ValueCipher {
  return {
    prefix: `k8s:enc:secretbox:v1:${name}:`,
    decrypt(data) {
      const value = openSecretbox(data.subarray(nonceSize), data.subarray(0, nonceSize), secret);
      if (!value) throw new Error('the stored data is not of this key');
      return value;
    },
    encrypt(value) {
      const nonce = randomBytes(nonceSize);
      return Buffer.concat([nonce, sealSecretbox(value, nonce, secret)]);
    },
  };
}
