// Frames of a watch joined into one write. Watchers of one resource wake together and are sent the same frames, so
// the joined bytes are shared like the frames themselves.

interface Joined {
  readonly frames: readonly Uint8Array[];
  readonly bytes: Uint8Array;
}

/** Resources whose watchers wake in turns. Each holds what one write holds. */
const maxKept = 4;

export class JoinedFrames {
  readonly #kept: Joined[] = [];

  /** The frames one after the other; `length` is theirs together. The bytes are shared: not to be changed. */
  join(frames: readonly Uint8Array[], length: number): Uint8Array {
    if (frames.length === 1) return frames[0]!;
    const found = this.#kept.find((joined) => isSame(joined.frames, frames));
    if (found) return found.bytes;
    const bytes = new Uint8Array(length);
    let at = 0;
    for (const frame of frames) {
      bytes.set(frame, at);
      at += frame.length;
    }
    this.#kept.unshift({ frames, bytes });
    if (this.#kept.length > maxKept) this.#kept.pop();
    return bytes;
  }
}

function isSame(a: readonly Uint8Array[], b: readonly Uint8Array[]): boolean {
  return a.length === b.length && a.every((frame, i) => frame === b[i]);
}
