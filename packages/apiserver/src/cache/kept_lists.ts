// What lists of one resource answered since its last change, with the bytes that were made of them: informers that
// start together and dashboards that ask again all get the same bytes.
import type { Stored } from '../request.ts';

export interface ListSelection {
  readonly items: readonly Stored[];
  /** Entries looked past after the last item of a page; undefined when the list is complete. */
  readonly remaining: number | undefined;
}

/** Bytes of all lists of a server together; the list that was used the longest time ago gives its bytes back first. */
export class KeptBytes {
  readonly #max: number;
  readonly #holders = new Map<KeptList, number>();
  #held = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get held(): number {
    return this.#held;
  }

  /** False: too much for one list. */
  take(list: KeptList, bytes: number): boolean {
    const own = this.#holders.get(list) ?? 0;
    if (own + bytes > this.#max / 2) return false;
    this.#holders.delete(list);
    this.#holders.set(list, own + bytes);
    this.#held += bytes;
    for (const oldest of this.#holders.keys()) {
      if (this.#held <= this.#max) break;
      oldest.giveBack();
    }
    return true;
  }

  /** Makes `list` the last to be dropped. */
  used(list: KeptList): void {
    const own = this.#holders.get(list);
    if (own === undefined) return;
    this.#holders.delete(list);
    this.#holders.set(list, own);
  }

  release(list: KeptList): void {
    this.#held -= this.#holders.get(list) ?? 0;
    this.#holders.delete(list);
  }
}

export class KeptList {
  readonly selection: ListSelection;
  readonly #budget: KeptBytes;
  readonly #bodies = new Map<string, Uint8Array>();
  readonly #packed = new Map<Uint8Array, Promise<Uint8Array>>();
  #dropped = false;

  constructor(selection: ListSelection, budget: KeptBytes) {
    this.selection = selection;
    this.#budget = budget;
  }

  /** The items in some form, made once while the list is kept. */
  body(form: string, make: () => Uint8Array): Uint8Array {
    let body = this.#bodies.get(form);
    if (body) {
      this.#budget.used(this);
      return body;
    }
    body = make();
    if (!this.#dropped && this.#budget.take(this, body.length)) this.#bodies.set(form, body);
    return body;
  }

  /** A body of this list packed, once for all who ask at the same time or later. */
  packed(body: Uint8Array, pack: (body: Uint8Array) => Promise<Uint8Array>): Promise<Uint8Array> {
    let packed = this.#packed.get(body);
    if (!packed) {
      packed = pack(body);
      // Of a body that isn't kept (too long) nobody will ask for it again.
      if (this.#dropped || !this.#keeps(body)) return packed;
      this.#packed.set(body, packed);
      const forget = () => this.#packed.delete(body);
      packed.then((bytes) => {
        // Given back while it was made: nobody finds it any more.
        if (this.#packed.get(body) === packed && !this.#budget.take(this, bytes.length)) forget();
      }, forget);
    }
    return packed;
  }

  #keeps(body: Uint8Array): boolean {
    for (const kept of this.#bodies.values()) if (kept === body) return true;
    return false;
  }

  /** For good. */
  drop(): void {
    this.#dropped = true;
    this.giveBack();
  }

  /** Answers that are on their way have what they need. */
  giveBack(): void {
    this.#bodies.clear();
    this.#packed.clear();
    this.#budget.release(this);
  }
}

/** Different lists of one resource that are kept at a time. */
const maxLists = 16;

export class KeptLists {
  readonly #budget: KeptBytes;
  readonly #lists = new Map<string, KeptList>();

  constructor(budget: KeptBytes) {
    this.#budget = budget;
  }

  /** `question`: everything that the selection depends on but the state of the resource. */
  get(question: string, select: () => ListSelection): KeptList {
    const found = this.#lists.get(question);
    if (found) return found;
    if (this.#lists.size >= maxLists) this.clear();
    const list = new KeptList(select(), this.#budget);
    this.#lists.set(question, list);
    return list;
  }

  /** The resource has changed. */
  clear(): void {
    if (this.#lists.size === 0) return;
    for (const list of this.#lists.values()) list.drop();
    this.#lists.clear();
  }
}
