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
  /** Those that want every change below a key, by that key. */
  readonly #byPrefix = new Map<string, Set<Watcher>>();
  readonly #byField = new Map<string, Map<string, Set<Watcher>>>();
  #size = 0;

  constructor(fieldValue: FieldValue) {
    this.#fieldValue = fieldValue;
  }

  get size(): number {
    return this.#size;
  }

  add(watcher: Watcher): void {
    const { trigger, keyPrefix } = watcher.options;
    if (!trigger) addTo(this.#byPrefix, keyPrefix, watcher);
    else {
      let byValue = this.#byField.get(trigger.field);
      if (!byValue) this.#byField.set(trigger.field, (byValue = new Map()));
      addTo(byValue, trigger.value, watcher);
    }
    this.#size += 1;
  }

  delete(watcher: Watcher): void {
    const { trigger, keyPrefix } = watcher.options;
    if (!trigger) {
      if (deleteFrom(this.#byPrefix, keyPrefix, watcher)) this.#size -= 1;
      return;
    }
    const byValue = this.#byField.get(trigger.field);
    if (!byValue || !deleteFrom(byValue, trigger.value, watcher)) return;
    this.#size -= 1;
    if (byValue.size === 0) this.#byField.delete(trigger.field);
  }

  dispatch(change: ChangeEvent): void {
    const { key } = change;
    offerAll(this.#byPrefix.get(key), change);
    // The namespace, the resource: those who watch another are not asked.
    for (let slash = key.lastIndexOf('/'); slash > 0; slash = key.lastIndexOf('/', slash - 1))
      offerAll(this.#byPrefix.get(key.slice(0, slash + 1)), change);
    for (const [field, byValue] of this.#byField) {
      const now = change.current && this.#fieldValue(field, change.current);
      const before = change.previous && this.#fieldValue(field, change.previous);
      if (now !== undefined) offerBelow(byValue.get(now), change);
      if (before !== undefined && before !== now) offerBelow(byValue.get(before), change);
    }
  }

  *[Symbol.iterator](): Generator<Watcher> {
    for (const watchers of this.#byPrefix.values()) yield* watchers;
    for (const byValue of this.#byField.values()) for (const watchers of byValue.values()) yield* watchers;
  }
}

function offerAll(watchers: Set<Watcher> | undefined, change: ChangeEvent): void {
  if (watchers) for (const watcher of watchers) watcher.offer(change);
}

/** To those of them whose prefix the change is below. */
function offerBelow(watchers: Set<Watcher> | undefined, change: ChangeEvent): void {
  if (!watchers) return;
  for (const watcher of watchers) if (change.key.startsWith(watcher.options.keyPrefix)) watcher.offer(change);
}

function addTo(sets: Map<string, Set<Watcher>>, key: string, watcher: Watcher): void {
  const watchers = sets.get(key);
  if (watchers) watchers.add(watcher);
  else sets.set(key, new Set([watcher]));
}

function deleteFrom(sets: Map<string, Set<Watcher>>, key: string, watcher: Watcher): boolean {
  const watchers = sets.get(key);
  if (!watchers?.delete(watcher)) return false;
  if (watchers.size === 0) sets.delete(key);
  return true;
}
