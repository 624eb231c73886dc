// Unary and streaming calls of CRI v1 over a unix socket.
import * as grpc from '@grpc/grpc-js';
import { makeMessageCodec } from '@kubets/api';
import { messages, services } from '@kubets/api/generated/cri.ts';
import { RuntimeError, type RuntimeErrorCode } from '../runtime_error.ts';

export interface CriClient {
  /** `RuntimeService/Version` and the like. Rejects with RuntimeError. */
  call<Response>(method: string, request: object, timeoutMs: number): Promise<Response>;
  stream<Response>(method: string, request: object, signal: AbortSignal): AsyncIterable<Response>;
  /** Of any service on the socket: messages as bytes. */
  streamBytes(path: string, request: Uint8Array, signal: AbortSignal): AsyncIterable<Uint8Array>;
  close(): void;
}

/** What the kubelet allows upstream; a list of thousands of containers is larger than gRPC's own 4 MiB. */
const maxMessageBytes = 16 * 1024 * 1024;

/** `endpoint`: `unix:///run/containerd/containerd.sock`. */
export function connectCri(endpoint: string): CriClient {
  const client = new grpc.Client(endpoint, grpc.credentials.createInsecure(), {
    'grpc.max_receive_message_length': maxMessageBytes,
    'grpc.max_send_message_length': maxMessageBytes,
    // A containerd that is restarted is found again at once.
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 3_000,
    'grpc.enable_http_proxy': 0,
  });
  const codec = makeMessageCodec(messages);

  function methodOf(name: string) {
    const [service = '', method = ''] = name.split('/');
    const types = services[`runtime.v1.${service}`]![method]!;
    return {
      path: `/runtime.v1.${service}/${method}`,
      encode: (request: object) => Buffer.from(codec.encode(types.request, request)),
      decode: (bytes: Buffer) => codec.decode(types.response, bytes),
    };
  }

  return {
    call<Response>(name: string, request: object, timeoutMs: number): Promise<Response> {
      const { path, encode, decode } = methodOf(name);
      const options = { deadline: Date.now() + timeoutMs };
      return new Promise((resolve, reject) => {
        client.makeUnaryRequest(path, encode, decode, request, options, (error, response) => {
          if (error) reject(runtimeError(error));
          else resolve(response as Response);
        });
      });
    },
    stream<Response>(name: string, request: object, signal: AbortSignal) {
      const { path, encode, decode } = methodOf(name);
      return read<Response>(client.makeServerStreamRequest(path, encode, decode, request), signal);
    },
    streamBytes(path, request, signal) {
      const asIs = (bytes: Buffer) => bytes;
      return read<Uint8Array>(client.makeServerStreamRequest(path, asIs, asIs, Buffer.from(request)), signal);
    },
    close: () => client.close(),
  };
}

async function* read<T>(call: grpc.ClientReadableStream<unknown>, signal: AbortSignal): AsyncGenerator<T> {
  const onAbort = () => call.cancel();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    for await (const response of call) yield response as T;
  } catch (error) {
    if (!signal.aborted) throw runtimeError(error as grpc.ServiceError);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

const codes: Partial<Record<grpc.status, RuntimeErrorCode>> = {
  [grpc.status.NOT_FOUND]: 'NotFound',
  [grpc.status.DEADLINE_EXCEEDED]: 'DeadlineExceeded',
  [grpc.status.UNIMPLEMENTED]: 'Unimplemented',
  [grpc.status.UNAVAILABLE]: 'Unavailable',
};

function runtimeError(error: grpc.ServiceError): RuntimeError {
  return new RuntimeError(codes[error.code] ?? 'Other', error.details || error.message);
}
