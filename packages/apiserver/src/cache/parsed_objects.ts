/** Something that can let go of its object, because it can be parsed again. */
export interface Parsed {
  readonly json: Uint8Array;
  /** When it was used last, as `ParsedObjects` counts; 0: never. */
  usedIn: number;
  forgetObject(): void;
}

/** Of what has been written and not used: only as long as a turn or two of the loop. */
const maxWrittenBytes = 128 * 1024;

/**
 * Which entries keep their object beside their bytes: those used lately. Objects take several times the memory of
 * their JSON, and most of them are read once, or never. Two generations: what isn't used while the younger one fills
 * up is let go. What a write has brought and nobody has used goes sooner, before the garbage collector takes it for
 * something that stays.
 */
export class ParsedObjects {
  readonly #maxBytes: number;
  #generation = 1;
  #bytes = 0;
  #young: Parsed[] = [];
  #old: Parsed[] = [];
  #written: Parsed[] = [];
  #writtenBytes = 0;

  /** `maxBytes`: of the JSON of what is kept. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The object of `entry` is what its writer gave. */
  written(entry: Parsed): void {
    this.#written.push(entry);
    this.#writtenBytes += entry.json.length;
    if (this.#writtenBytes <= maxWrittenBytes) return;
    for (const each of this.#written) if (each.usedIn === 0) each.forgetObject();
    this.#written = [];
    this.#writtenBytes = 0;
  }

  used(entry: Parsed): void {
    if (entry.usedIn === this.#generation) return;
    entry.usedIn = this.#generation;
    this.#young.push(entry);
    this.#bytes += entry.json.length;
    if (this.#bytes <= this.#maxBytes / 2) return;
    const unused = this.#generation - 1;
    for (const each of this.#old) if (each.usedIn === unused) each.forgetObject();
    this.#old = this.#young;
    this.#young = [];
    this.#bytes = 0;
    this.#generation += 1;
  }
}
