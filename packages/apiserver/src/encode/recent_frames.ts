import type { ServerWatchEvent } from '../request.ts';

/** Of the frames that are kept: more than one turn of the loop brings. */
const maxBytes = 512 * 1024;

/**
 * Frames of the newest events, for all watchers of a form. Watchers that keep up find theirs here; for those that
 * lag a frame is made again, which is a copy: memory doesn't hold every change twice.
 */
export class RecentFrames {
  readonly #make: (event: ServerWatchEvent) => Uint8Array;
  readonly #frames = new Map<ServerWatchEvent, Uint8Array>();
  #bytes = 0;

  constructor(make: (event: ServerWatchEvent) => Uint8Array) {
    this.#make = make;
  }

  get(event: ServerWatchEvent): Uint8Array {
    const found = this.#frames.get(event);
    if (found) return found;
    const frame = this.#make(event);
    this.#frames.set(event, frame);
    this.#bytes += frame.length;
    for (const [oldest, { length }] of this.#frames) {
      if (this.#bytes <= maxBytes) break;
      this.#frames.delete(oldest);
      this.#bytes -= length;
    }
    return frame;
  }
}
