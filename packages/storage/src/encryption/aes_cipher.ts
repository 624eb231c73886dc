// AES as EncryptionConfiguration has it: CBC with PKCS#7 padding, and GCM bound to the key of the value.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Bytes } from '../store.ts';
import type { ValueCipher } from './value_cipher.ts';

const blockSize = 16;
const nonceSize = 12;
const tagSize = 16;

export function aesCbcCipher(name: string, secret: Bytes): ValueCipher {
  const algorithm = `aes-${secret.length * 8}-cbc`;
  return {
    prefix: `k8s:enc:aescbc:v1:${name}:`,
    decrypt(data) {
      if (data.length < 2 * blockSize || data.length % blockSize !== 0) {
        throw new Error('the stored data is not a whole number of blocks');
      }
      const cipher = createDecipheriv(algorithm, secret, data.subarray(0, blockSize));
      return Buffer.concat([cipher.update(data.subarray(blockSize)), cipher.final()]);
    },
    encrypt(value) {
      const vector = randomBytes(blockSize);
      const cipher = createCipheriv(algorithm, secret, vector);
      return Buffer.concat([vector, cipher.update(value), cipher.final()]);
    },
  };
}

export function aesGcmCipher(name: string, secret: Bytes): ValueCipher {
  return {
    prefix: `k8s:enc:aesgcm:v1:${name}:`,
    decrypt: (data, key) => openGcm(secret, data, key),
    encrypt: (value, key) => sealGcm(secret, value, key),
  };
}

/** Nonce, ciphertext, tag. */
export function sealGcm(secret: Bytes, value: Bytes, bound: string): Bytes {
  const nonce = randomBytes(nonceSize);
  const cipher = createCipheriv(gcmOf(secret), secret, nonce);
  cipher.setAAD(Buffer.from(bound));
  return Buffer.concat([nonce, cipher.update(value), cipher.final(), cipher.getAuthTag()]);
}

export function openGcm(secret: Bytes, data: Bytes, bound: string): Bytes {
  if (data.length < nonceSize + tagSize)
    throw new Error('the stored data was shorter than the required size');
  const cipher = createDecipheriv(gcmOf(secret), secret, data.subarray(0, nonceSize), {
    authTagLength: tagSize,
  });
  cipher.setAAD(Buffer.from(bound));
  cipher.setAuthTag(data.subarray(-tagSize));
  return Buffer.concat([cipher.update(data.subarray(nonceSize, -tagSize)), cipher.final()]);
}

function gcmOf(secret: Bytes) {
  return `aes-${secret.length * 8}-gcm` as 'aes-256-gcm';
}
