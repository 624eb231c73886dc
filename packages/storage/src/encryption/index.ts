export { type EncryptedStore, encryptedStore } from './encrypted_store.ts';
export { parseEncryptionConfig } from './encryption_config.ts';
export { kmsCipher } from './kms_cipher.ts';
