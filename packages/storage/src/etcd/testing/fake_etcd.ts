// An etcd on loopback that does wrong on request: the API that the store uses, over a memory store.
import * as grpc from '@grpc/grpc-js';
import { makeMessageCodec } from '@kubets/api';
import {
  type Event,
  type KeyValue,
  type LeaseGrantRequest,
  type LeaseGrantResponse,
  messages,
  type RangeRequest,
  type RangeResponse,
  type TxnRequest,
  type TxnResponse,
  type WatchRequest,
  type WatchResponse,
} from '@kubets/api/generated/etcd.ts';
import { memoryStore } from '../../memory_store.ts';
import { type Entry, FutureRevisionError, type Store } from '../../store.ts';

type WatchStream = grpc.ServerDuplexStream<WatchRequest, WatchResponse>;

/** What a test replaces. Each is given the right behaviour to call, or not. */
export interface FakeEtcdFaults {
  range(request: RangeRequest, serve: () => Promise<RangeResponse>): Promise<RangeResponse>;
  txn(request: TxnRequest, serve: () => Promise<TxnResponse>): Promise<TxnResponse>;
  watch(stream: WatchStream, start: number, serve: () => void): void;
  grant(request: LeaseGrantRequest): Promise<LeaseGrantResponse>;
}

export interface FakeEtcd {
  readonly url: string;
  readonly store: Store;
  readonly faults: Partial<FakeEtcdFaults>;
  /** Start revisions of the watches that were asked for. */
  readonly watched: number[];
  stop(): void;
}

const codec = makeMessageCodec(messages);
const decoder = new TextDecoder();

export function refusal(code: grpc.status, details: string): Error {
  return Object.assign(new Error(details), { code, details });
}

export async function startFakeEtcd(store: Store = memoryStore()): Promise<FakeEtcd> {
  const server = new grpc.Server({ 'grpc.max_receive_message_length': -1 });
  const faults: Partial<FakeEtcdFaults> = {};
  const watched: number[] = [];
  const header = async () => ({ revision: await store.revision() });

  const range = async (request: RangeRequest): Promise<RangeResponse> => {
    const key = decoder.decode(request.key);
    const at = request.revision || undefined;
    if (!request.rangeEnd?.length) {
      const entry = await store.get(key, at);
      return { header: await header(), kvs: entry ? [kvOf(entry)] : [], count: entry ? 1 : 0 };
    }
    const end = decoder.decode(request.rangeEnd);
    const page = await store.list({ start: key, end }, { limit: request.limit || undefined, at });
    return {
      header: await header(),
      kvs: page.entries.map(kvOf),
      count: page.entries.length + page.remaining,
    };
  };
  const txn = async (request: TxnRequest): Promise<TxnResponse> => {
    const { key, modRevision } = request.compare![0]!;
    const put = request.success![0]!.requestPut;
    const result = await store.commit({
      key: decoder.decode(key),
      expect: modRevision || 'absent',
      value: put ? (put.value ?? new Uint8Array()) : null,
    });
    if (result.ok) return { header: { revision: result.revision }, succeeded: true };
    const kvs = result.current ? [kvOf(result.current)] : [];
    return { header: { revision: result.revision }, responses: [{ responseRange: { kvs } }] };
  };
  const watch = (stream: WatchStream, start: number) => {
    const stop = new AbortController();
    stream.on('cancelled', () => stop.abort());
    void (async () => {
      stream.write({ header: await header(), created: true });
      const everything = { start: '\0', end: '\uffff' };
      for await (const { changes } of store.watch(everything, start - 1, stop.signal)) {
        for (const change of changes) stream.write({ header: await header(), events: [eventOf(change)] });
      }
    })().catch(() => stream.end());
  };

  unary(server, 'KV/Range', 'RangeRequest', 'RangeResponse', (request: RangeRequest) =>
    faults.range ? faults.range(request, () => range(request)) : range(request),
  );
  unary(server, 'KV/Txn', 'TxnRequest', 'TxnResponse', (request: TxnRequest) =>
    faults.txn ? faults.txn(request, () => txn(request)) : txn(request),
  );
  unary(
    server,
    'Lease/LeaseGrant',
    'LeaseGrantRequest',
    'LeaseGrantResponse',
    (request: LeaseGrantRequest) =>
      faults.grant ? faults.grant(request) : Promise.resolve({ ID: 1, TTL: request.TTL }),
  );
  unary(server, 'Maintenance/Status', 'StatusRequest', 'StatusResponse', async () => ({ version: 'fake' }));
  server.addService(
    {
      Watch: {
        path: '/etcdserverpb.Watch/Watch',
        requestStream: true,
        responseStream: true,
        requestSerialize: (value: object) => Buffer.from(codec.encode('WatchRequest', value)),
        requestDeserialize: (bytes: Buffer) => codec.decode('WatchRequest', bytes),
        responseSerialize: (value: object) => Buffer.from(codec.encode('WatchResponse', value)),
        responseDeserialize: (bytes: Buffer) => codec.decode('WatchResponse', bytes),
      },
    },
    {
      Watch(stream: WatchStream) {
        stream.on('data', ({ createRequest }: WatchRequest) => {
          const start = createRequest?.startRevision ?? 0;
          watched.push(start);
          if (faults.watch) faults.watch(stream, start, () => watch(stream, start));
          else watch(stream, start);
        });
        stream.on('error', () => {});
      },
    },
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return { url: `http://127.0.0.1:${port}`, store, faults, watched, stop: () => server.forceShutdown() };
}

export function eventOf(change: {
  type: string;
  key: string;
  revision: number;
  createRevision?: number;
  value?: Uint8Array;
  previous?: Entry | undefined;
}): Event {
  const { type, revision, previous } = change;
  const key = Buffer.from(change.key);
  return {
    type: type === 'delete' ? 1 : 0,
    kv: {
      key,
      modRevision: revision,
      ...(type === 'put' && { createRevision: change.createRevision, value: change.value }),
    },
    ...(previous && { prevKv: kvOf(previous) }),
  };
}

function kvOf({ key, value, createRevision, modRevision }: Entry): KeyValue {
  return { key: Buffer.from(key), value, createRevision, modRevision };
}

function unary(
  server: grpc.Server,
  method: string,
  request: string,
  response: string,
  serve: (request: any) => Promise<object>,
): void {
  const path = `/etcdserverpb.${method}`;
  server.addService(
    {
      [method]: {
        path,
        requestStream: false,
        responseStream: false,
        requestSerialize: (value: object) => Buffer.from(codec.encode(request, value)),
        requestDeserialize: (bytes: Buffer) => codec.decode(request, bytes),
        responseSerialize: (value: object) => Buffer.from(codec.encode(response, value)),
        responseDeserialize: (bytes: Buffer) => codec.decode(response, bytes),
      },
    },
    {
      [method](call: grpc.ServerUnaryCall<object, object>, answer: grpc.sendUnaryData<object>) {
        serve(call.request).then(
          (value) => answer(null, value),
          (error) => answer(grpcError(error)),
        );
      },
    },
  );
}

function grpcError(error: any): Partial<grpc.StatusObject> {
  if (typeof error.code === 'number') return { code: error.code, details: error.details };
  const details = `etcdserver: mvcc: ${error instanceof FutureRevisionError ? 'required revision is a future revision' : error.message}`;
  return { code: grpc.status.OUT_OF_RANGE, details };
}
