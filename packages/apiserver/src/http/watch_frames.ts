import type { FrameSource } from '@kubets/http2';
import type { AnswerObserver, EventTap, ServerWatchEvent, WatchEvents } from '../request.ts';
import type { Responder } from './responder.ts';

export interface WatchFramesOptions {
  events: WatchEvents & Required<Pick<WatchEvents, 'tap'>>;
  frame(event: ServerWatchEvent): Uint8Array;
  observer: AnswerObserver | undefined;
  /** An event that has no frame: the watch can't go on. */
  onFailure(error: unknown): void;
}

/** A watch as a stream takes it: events become bytes when there is room for them, and wait in the watcher until then. */
export class WatchFrames implements FrameSource {
  readonly #options: WatchFramesOptions;
  #tap: EventTap | undefined;
  #batch: readonly ServerWatchEvent[] = [];
  #at = 0;

  constructor(options: WatchFramesOptions) {
    this.#options = options;
  }

  /** Sends the watch on `out` until either ends. */
  sendOn(out: Required<Pick<Responder, 'follow' | 'onClose'>>): void {
    const tap = (this.#tap = this.#options.events.tap(out.follow(this)));
    out.onClose(() => tap.close());
  }

  next(): Uint8Array | undefined {
    if (this.#at === this.#batch.length) {
      this.#batch = this.#tap?.take() ?? [];
      this.#at = 0;
    }
    const event = this.#batch[this.#at];
    if (!event) return undefined;
    this.#at += 1;
    const { frame, observer, onFailure } = this.#options;
    try {
      const bytes = frame(event);
      observer?.event?.(bytes.length);
      return bytes;
    } catch (error) {
      onFailure(error);
      return undefined;
    }
  }

  get isEnded(): boolean {
    return this.#at === this.#batch.length && this.#tap!.isEnded;
  }
}
