// A KMS plugin on a socket, whose keys are no secret: wraps by XOR with the number of the key.
import * as grpc from '@grpc/grpc-js';
import { makeMessageCodec } from '@kubets/api';
import { messages } from '@kubets/api/generated/kms.ts';

export interface FakeKms {
  /** How often each method was called. */
  calls: Record<string, number>;
  keyNumber: number;
  healthz: string;
  stop(): void;
}

export async function startFakeKms(socket: string): Promise<FakeKms> {
  const codec = makeMessageCodec(messages);
  const server = new grpc.Server();
  const kms: FakeKms = {
    calls: { Status: 0, Encrypt: 0, Decrypt: 0 },
    keyNumber: 1,
    healthz: 'ok',
    stop: () => server.forceShutdown(),
  };
  const wrap = (bytes: Uint8Array, number: number) => Uint8Array.from(bytes, (byte) => byte ^ number);
  const id = () => `key-${kms.keyNumber}`;
  const methods: Record<string, (request: any) => object> = {
    Status: () => ({ version: 'v2', healthz: kms.healthz, keyId: id() }),
    Encrypt: ({ plaintext }) => ({
      ciphertext: wrap(plaintext, kms.keyNumber),
      keyId: id(),
      annotations: { 'version.example.com': Uint8Array.of(1) },
    }),
    Decrypt({ ciphertext, keyId, annotations }) {
      if (annotations['version.example.com'][0] !== 1) throw new Error('the annotation is not ours');
      return { plaintext: wrap(ciphertext, Number(keyId.slice('key-'.length))) };
    },
  };
  for (const [name, serve] of Object.entries(methods)) {
    const buffer = (type: string) => (value: object) => Buffer.from(codec.encode(type, value));
    const decode = (type: string) => (bytes: Buffer) => codec.decode(type, bytes);
    server.addService(
      {
        [name]: {
          path: `/v2.KeyManagementService/${name}`,
          requestStream: false,
          responseStream: false,
          requestSerialize: buffer(`${name}Request`),
          requestDeserialize: decode(`${name}Request`),
          responseSerialize: buffer(`${name}Response`),
          responseDeserialize: decode(`${name}Response`),
        },
      },
      {
        [name](call: grpc.ServerUnaryCall<object, object>, answer: grpc.sendUnaryData<object>) {
          kms.calls[name]!++;
          answer(null, serve(call.request));
        },
      },
    );
  }
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`unix://${socket}`, grpc.ServerCredentials.createInsecure(), (error) =>
      error ? reject(error) : resolve(),
    );
  });
  return kms;
}
