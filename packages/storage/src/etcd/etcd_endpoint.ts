// One server of an etcd cluster: two connections, so that a flood of watch events delays no call.
import * as grpc from '@grpc/grpc-js';
import { makeMessageCodec } from '@kubets/api';
import { messages, services, type WatchRequest, type WatchResponse } from '@kubets/api/generated/etcd.ts';
import { EtcdConnection } from './etcd_connection.ts';
import { meaningOf } from './etcd_error.ts';

/** PEM. */
export interface EtcdTls {
  ca?: string;
  certificate?: string;
  key?: string;
}

export interface EtcdEndpoint {
  readonly url: string;
  /** `KV/Range` and the like. Rejects with what `meaningOf` says. `deadline`: milliseconds since the epoch. */
  call<Response>(method: string, request: object, deadline: number): Promise<Response>;
  watch(): EtcdWatchStream;
  close(): void;
}

export interface EtcdWatchStream {
  readonly stream: grpc.ClientDuplexStream<WatchRequest, WatchResponse>;
  /** It was silent when it shouldn't have been: the next watch gets a new connection. */
  distrust(): void;
}

const channelOptions: grpc.ChannelOptions = {
  'grpc.max_receive_message_length': -1,
  'grpc.max_send_message_length': -1,
  // A server that is cut off shows within 15 s even where nothing is asked; etcd allows a ping each 5 s.
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 5_000,
  'grpc.initial_reconnect_backoff_ms': 50,
  'grpc.min_reconnect_backoff_ms': 50,
  'grpc.max_reconnect_backoff_ms': 1_000,
  // Who repeats what is decided here, never below.
  'grpc.enable_retries': 0,
  'grpc.service_config_disable_resolution': 1,
  'grpc.enable_http_proxy': 0,
  // Without a pool of its own a channel shares the connection of the other.
  'grpc.use_local_subchannel_pool': 1,
};

/** Identities of members are 64 random bits. */
const codec = makeMessageCodec(messages, { exact: true });
const watchPath = '/etcdserverpb.Watch/Watch';

/** `url`: `https://10.0.0.1:2379`, `http://...`, or without a scheme as kube-apiserver takes it. */
export function etcdEndpoint(url: string, tls: EtcdTls | undefined): EtcdEndpoint {
  const { protocol, host } = new URL(url.includes('://') ? url : `${tls ? 'https' : 'http'}://${url}`);
  const credentials = () => {
    if (protocol === 'http:') return grpc.credentials.createInsecure();
    const pem = (text: string | undefined) => (text === undefined ? null : Buffer.from(text));
    return grpc.credentials.createSsl(pem(tls?.ca), pem(tls?.key), pem(tls?.certificate));
  };
  const connect = () => new grpc.Client(host, credentials(), channelOptions);
  const calls = new EtcdConnection(connect);
  const watches = new EtcdConnection(connect);
  return {
    url,
    call<Response>(method: string, request: object, deadline: number) {
      const { path, encode, decode } = methodOf(method);
      const { client } = calls;
      return new Promise<Response>((resolve, reject) => {
        client.makeUnaryRequest(
          path,
          encode,
          decode,
          request,
          metadata(),
          { deadline },
          (error, response) => {
            if (!error) return resolve(response as Response);
            if (error.code === grpc.status.DEADLINE_EXCEEDED) calls.distrust(client);
            reject(meaningOf(error));
          },
        );
      });
    },
    watch() {
      const { client } = watches;
      const stream = client.makeBidiStreamRequest(
        watchPath,
        (request: WatchRequest) => Buffer.from(codec.encode('WatchRequest', request)),
        (bytes: Buffer) => codec.decode<WatchResponse>('WatchResponse', bytes),
        metadata(),
      );
      return { stream, distrust: () => watches.distrust(client) };
    },
    close() {
      calls.close();
      watches.close();
    },
  };
}

/** A member that sees no leader refuses at once, and ends its watches, instead of leaving its clients in the dark. */
function metadata(): grpc.Metadata {
  const metadata = new grpc.Metadata();
  metadata.set('hasleader', 'true');
  return metadata;
}

function methodOf(name: string) {
  const [service = '', method = ''] = name.split('/');
  const types = services[`etcdserverpb.${service}`]![method]!;
  return {
    path: `/etcdserverpb.${service}/${method}`,
    encode: (request: object) => Buffer.from(codec.encode(types.request, request)),
    decode: (bytes: Buffer) => codec.decode(types.response, bytes),
  };
}
