// KMS v2 (KEP-3299): values are encrypted with keys derived from a seed, and a plugin on a socket wraps the seed.
import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import * as grpc from '@grpc/grpc-js';
import { makeMessageCodec, type TypeSchema } from '@kubets/api';
import {
  type DecryptResponse,
  type EncryptResponse,
  messages,
  type StatusResponse,
} from '@kubets/api/generated/kms.ts';
import type { Clock, Ms } from '@kubets/base';
import type { Bytes } from '../store.ts';
import { openGcm, sealGcm } from './aes_cipher.ts';
import { KeyUnavailableError, type ValueCipher } from './value_cipher.ts';

export interface KmsCipherOptions {
  name: string;
  /** `unix:///var/run/kms.sock`; a leading `@` names an abstract socket. */
  endpoint: string;
  timeoutMs: Ms;
  clock: Clock;
}

interface EncryptedObject {
  encryptedData: Bytes;
  keyID: string;
  encryptedDEKSource: Bytes;
  annotations?: Record<string, Bytes>;
  /** 0: the source is the key itself; 1: it is a seed, and the data begins with what the key is derived with. */
  encryptedDEKSourceType?: number;
}

interface WriteState {
  seed: Bytes;
  wrapped: EncryptResponse;
}

const encryptedObject: TypeSchema = {
  fields: {
    encryptedData: { n: 1, type: 'bytes' },
    keyID: { n: 2, type: 'string' },
    encryptedDEKSource: { n: 3, type: 'bytes' },
    annotations: { n: 4, type: 'bytes', map: true },
    encryptedDEKSourceType: { n: 5, type: 'int32' },
  },
};
const seedSize = 32;
const infoSize = 32;
/** Unwrapped keys in memory: one for each run of a server since the values were written. */
const maxKeys = 1_000;
/** How often the plugin is asked which key it uses (upstream: kmsv2PluginHealthzPositiveInterval). */
const statusEveryMs: Ms = 60_000;
/** How long values are written with a key that the plugin no longer vouches for (upstream: 3 min). */
const usableMs: Ms = 180_000;

/** @throws (each call) what the plugin says, or that it isn't there. */
export function kmsCipher({ name, endpoint, timeoutMs, clock }: KmsCipherOptions): ValueCipher {
  const codec = makeMessageCodec({ ...messages, EncryptedObject: encryptedObject });
  const target = endpoint.replace(/^unix:\/\/\/@/, 'unix-abstract:');
  const client = new grpc.Client(target, grpc.credentials.createInsecure(), { 'grpc.enable_http_proxy': 0 });
  const keys = new Map<string, Promise<Bytes>>();
  let state: Promise<WriteState> | undefined;
  let currentKeyId: string | undefined;
  let askedAt = 0;
  let asking: Promise<void> | undefined;

  function call<Response>(method: string, request: object): Promise<Response> {
    const encode = (message: object) => Buffer.from(codec.encode(`${method}Request`, message));
    const decode = (bytes: Buffer) => codec.decode<Response>(`${method}Response`, bytes);
    const path = `/v2.KeyManagementService/${method}`;
    return new Promise((resolve, reject) => {
      client.makeUnaryRequest(
        path,
        encode,
        decode,
        request,
        { deadline: clock.now() + timeoutMs },
        (error, response) => (error ? reject(failureOf(error)) : resolve(response!)),
      );
    });
  }

  function failureOf({ code, details, message }: grpc.ServiceError): Error {
    const text = `KMS ${name}: ${details || message}`;
    const away = code === grpc.status.UNAVAILABLE || code === grpc.status.DEADLINE_EXCEEDED;
    return away ? new KeyUnavailableError(text) : new Error(text);
  }

  async function newState(): Promise<WriteState> {
    const seed = randomBytes(seedSize);
    const wrapped = await call<EncryptResponse>('Encrypt', { plaintext: seed, uid: randomUUID() });
    currentKeyId = wrapped.keyId;
    return { seed, wrapped };
  }

  async function askStatus(): Promise<void> {
    const { healthz, keyId } = await call<StatusResponse>('Status', {});
    if (healthz !== 'ok') throw new Error(`KMS ${name} is not healthy: ${healthz}`);
    askedAt = clock.now();
    if (keyId !== currentKeyId) state = undefined;
  }

  /** The seed that values are written with; another one once the plugin uses another key. */
  async function writeState(): Promise<WriteState> {
    if (clock.now() - askedAt >= statusEveryMs) {
      // All writes of the moment ask once.
      asking ??= askStatus().finally(() => {
        asking = undefined;
      });
      try {
        await asking;
      } catch (error) {
        if (!state || clock.now() - askedAt >= usableMs) throw error;
      }
    }
    state ??= newState();
    try {
      return await state;
    } catch (error) {
      state = undefined;
      throw error;
    }
  }

  async function unwrap(object: EncryptedObject): Promise<Bytes> {
    const { keyID: keyId, encryptedDEKSource: ciphertext, annotations } = object;
    const id = `${keyId} ${Buffer.from(ciphertext).toString('base64')}`;
    let key = keys.get(id);
    if (!key) {
      const request = { ciphertext, keyId, annotations, uid: randomUUID() };
      key = call<DecryptResponse>('Decrypt', request).then(({ plaintext }) => plaintext ?? new Uint8Array());
      if (keys.size >= maxKeys) keys.delete(keys.keys().next().value!);
      keys.set(id, key);
      // An answer that never came is asked for again.
      key.catch(() => keys.delete(id));
    }
    return key;
  }

  return {
    prefix: `k8s:enc:kms:v2:${name}:`,
    async decrypt(data, bound) {
      const object = codec.decode<EncryptedObject>('EncryptedObject', data);
      const source = await unwrap(object);
      if (!object.encryptedDEKSourceType) return openGcm(source, object.encryptedData, bound);
      const info = object.encryptedData.subarray(0, infoSize);
      return openGcm(derive(source, info), object.encryptedData.subarray(infoSize), bound);
    },
    async encrypt(value, bound) {
      const { seed, wrapped } = await writeState();
      const info = randomBytes(infoSize);
      return codec.encode('EncryptedObject', {
        encryptedData: Buffer.concat([info, sealGcm(derive(seed, info), value, bound)]),
        keyID: wrapped.keyId,
        encryptedDEKSource: wrapped.ciphertext,
        annotations: wrapped.annotations,
        encryptedDEKSourceType: 1,
      });
    },
    isCurrent: (data) =>
      currentKeyId === undefined ||
      codec.decode<EncryptedObject>('EncryptedObject', data).keyID === currentKeyId,
  };
}

/** HKDF-Expand with SHA-256, one block (RFC 5869, 2.3). */
function derive(seed: Bytes, info: Bytes): Bytes {
  return createHmac('sha256', seed).update(info).update(Uint8Array.of(1)).digest();
}
