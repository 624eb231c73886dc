import type { Bytes, Change, Entry, Revision } from '../store.ts';
import type { Version } from '../version_index.ts';

export interface LmdbVersion extends Version {
  /** Of the value. */
  readonly checksum: number;
  /** The change that made it, with its value, while that is among the recent ones; otherwise both are on the disk. */
  recent: LmdbChange | undefined;
}

/** Reads the entry that `key` had before `revision`, if that is kept. */
export type ReadBefore = (key: string, revision: Revision) => Entry | undefined;

/** A change whose `previous` is looked up when someone asks: most who watch don't. */
export class LmdbChange implements Change {
  readonly type: 'put' | 'delete';
  readonly key: string;
  readonly revision: Revision;
  readonly value: Bytes;
  readonly createRevision: Revision;
  readonly #readBefore: ReadBefore;

  constructor(
    change: { key: string; revision: Revision; createRevision: Revision; value: Bytes | null },
    readBefore: ReadBefore,
  ) {
    this.type = change.value ? 'put' : 'delete';
    this.key = change.key;
    this.revision = change.revision;
    this.value = change.value ?? empty;
    this.createRevision = change.createRevision;
    this.#readBefore = readBefore;
  }

  get previous(): Entry | undefined {
    return this.#readBefore(this.key, this.revision);
  }
}

const empty: Bytes = new Uint8Array(0);
