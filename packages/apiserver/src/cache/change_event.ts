import type { ServerWatchEvent, Stored } from '../request.ts';
import { type JsonHead, restamp } from './stored_entry.ts';

/**
 * One change of one object as all watchers share it: each form of it that some watcher needs is made once, so
 * that encoders can key the framed bytes by the event object.
 */
export class ChangeEvent {
  readonly revision: number;
  readonly key: string;
  readonly current: Stored | undefined;
  readonly previous: Stored | undefined;
  readonly #head: JsonHead;
  #added: ServerWatchEvent | undefined;
  #modified: ServerWatchEvent | undefined;
  #deleted: ServerWatchEvent | undefined;

  constructor(
    head: JsonHead,
    revision: number,
    key: string,
    current: Stored | undefined,
    previous: Stored | undefined,
  ) {
    this.#head = head;
    this.revision = revision;
    this.key = key;
    this.current = current;
    this.previous = previous;
  }

  added(): ServerWatchEvent {
    return (this.#added ??= { type: 'ADDED', stored: this.current! });
  }

  modified(): ServerWatchEvent {
    return (this.#modified ??= { type: 'MODIFIED', stored: this.current! });
  }

  /** The last state that matched, at the revision of this change (API conventions, watch). */
  deleted(): ServerWatchEvent {
    return (this.#deleted ??= {
      type: 'DELETED',
      stored: restamp(this.#head, this.previous!, this.revision),
    });
  }

  /** How a watcher that sees only what `matches` sees this change; undefined when it sees nothing. */
  seenBy(matches: ((stored: Stored) => boolean) | undefined): ServerWatchEvent | undefined {
    const { current, previous } = this;
    const now = current !== undefined && (!matches || matches(current));
    const before = previous !== undefined && (!matches || matches(previous));
    if (now) return before ? this.modified() : this.added();
    return before ? this.deleted() : undefined;
  }
}
