// Keys of the store begin with /registry; in etcd they begin with what `--etcd-prefix` says.
import type { Range } from '../store.ts';

const ours = '/registry';

export interface KeyPrefix {
  toEtcd(key: string): string;
  rangeToEtcd(range: Range): Range;
  /** Undefined for keys of somebody else. */
  fromEtcd(key: Uint8Array): string | undefined;
}

/** `prefix` as kube-apiserver takes it: a slash at its beginning may be left out. */
export function keyPrefix(prefix: string): KeyPrefix {
  const theirs = `/${prefix.split('/').filter(Boolean).join('/')}`;
  const head = Buffer.from(`${theirs}/`);
  const toEtcd = (key: string) => (theirs === ours ? key : theirs + key.slice(ours.length));
  return {
    toEtcd,
    rangeToEtcd: ({ start, end }) => ({ start: toEtcd(start), end: toEtcd(end) }),
    fromEtcd(bytes) {
      const key = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      if (key.length < head.length || key.compare(head, 0, head.length, 0, head.length) !== 0) {
        return undefined;
      }
      const text = key.toString('utf8');
      return theirs === ours ? text : ours + text.slice(theirs.length);
    },
  };
}
