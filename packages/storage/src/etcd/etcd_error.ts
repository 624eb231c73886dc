// What a failed call to etcd means for the one who called.
import * as grpc from '@grpc/grpc-js';
import {
  CompactedError,
  FutureRevisionError,
  NoSpaceError,
  StoreUnavailableError,
  ValueTooLargeError,
} from '../store.ts';

/**
 * The servers stand at an older revision than they had told: an acknowledged write is lost (etcd #14370: a member
 * without its last fsync; or a restored backup). Whoever keeps a state of this store must read it again.
 */
export class HistoryLostError extends Error {
  override readonly name = 'HistoryLostError';
}

/** The lease that a write was to have is none of this etcd's; nothing was written. */
export class LeaseGoneError extends Error {
  override readonly name = 'LeaseGoneError';
}

/** Codes after which the request may or may not have been carried out. Every other one is a refusal. */
const open = new Set<grpc.status>([
  grpc.status.CANCELLED,
  grpc.status.UNKNOWN,
  grpc.status.DEADLINE_EXCEEDED,
  grpc.status.ABORTED,
  grpc.status.INTERNAL,
  grpc.status.UNAVAILABLE,
  grpc.status.DATA_LOSS,
]);

/** A StoreUnavailableError where another server, or another time, may give another answer. */
export function meaningOf(error: grpc.ServiceError): Error {
  const { code } = error;
  const text = error.details || error.message;
  if (text.includes('database space exceeded')) return new NoSpaceError();
  if (text.includes('request is too large') || text.includes('message larger than max')) {
    return new ValueTooLargeError();
  }
  if (text.includes('is a future revision')) return new FutureRevisionError();
  // etcd doesn't say which revision: who needs it asks (see `EtcdReads.compactedRevision`).
  if (text.includes('has been compacted')) return new CompactedError(0);
  if (text.includes('requested lease not found')) return new LeaseGoneError(text);
  // Refused before it was proposed, for load: etcd asks to come again.
  if (text.includes('too many requests') || open.has(code)) {
    return new StoreUnavailableError(`etcd: ${text}`);
  }
  return new Error(`etcd refused: ${text}`);
}
