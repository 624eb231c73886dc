import type { Stored } from '../request.ts';
import type { ChangeEvent } from './change_event.ts';
import type { Watcher } from './watcher.ts';

export type FieldValue = (field: string, stored: Stored) => string;

/**
 * The watchers of one resource, found by what a change touches: with a thousand kubelets that each watch
 * `spec.nodeName=<theirs>`, a change of a pod asks one of them, not all.
 */
export class WatcherIndex {
  readonly #fieldValue: FieldValue;
  readonly #all = new Set<Watcher>();
  readonly #byField = new Map<string, Map<string, Set<Watcher>>>();
  #size = 0;

  constructor(fieldValue: FieldValue) {
    this.#fieldValue = fieldValue;
  }

  get size(): number {
    return this.#size;
  }

  add(watcher: Watcher): void {
    const { trigger } = watcher.options;
    if (!trigger) this.#all.add(watcher);
    else {
      let byValue = this.#byField.get(trigger.field);
      if (!byValue) this.#byField.set(trigger.field, (byValue = new Map()));
      const watchers = byValue.get(trigger.value);
      if (watchers) watchers.add(watcher);
      else byValue.set(trigger.value, new Set([watcher]));
    }
    this.#size += 1;
  }

  delete(watcher: Watcher): void {
    const { trigger } = watcher.options;
    if (!trigger) {
      if (this.#all.delete(watcher)) this.#size -= 1;
      return;
    }
    const byValue = this.#byField.get(trigger.field);
    const watchers = byValue?.get(trigger.value);
    if (!watchers?.delete(watcher)) return;
    this.#size -= 1;
    if (watchers.size === 0) byValue!.delete(trigger.value);
    if (byValue!.size === 0) this.#byField.delete(trigger.field);
  }

  dispatch(change: ChangeEvent): void {
    for (const watcher of this.#all) watcher.offer(change);
    for (const [field, byValue] of this.#byField) {
      const now = change.current && this.#fieldValue(field, change.current);
      const before = change.previous && this.#fieldValue(field, change.previous);
      if (now !== undefined) offerAll(byValue.get(now), change);
      if (before !== undefined && before !== now) offerAll(byValue.get(before), change);
    }
  }

  *[Symbol.iterator](): Generator<Watcher> {
    yield* this.#all;
    for (const byValue of this.#byField.values()) for (const watchers of byValue.values()) yield* watchers;
  }
}

function offerAll(watchers: Set<Watcher> | undefined, change: ChangeEvent): void {
  if (watchers) for (const watcher of watchers) watcher.offer(change);
}
