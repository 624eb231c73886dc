import type { Event, New } from '@kubets/api';
import { type Ms, rfc3339 } from '@kubets/base';
import { RecentMap } from './recent_map.ts';

/** What to do with one event: write it, count it on one that was written before, or nothing. */
export type Correlation =
  | { write: 'create'; event: New<Event> }
  | { write: 'patch'; event: New<Event>; patch: Partial<Event> }
  | { write: 'nothing' };

/** The numbers of client-go's correlator. */
const keysKept = 4_096;
const windowMs = 600_000;
const messagesBeforeCombining = 10;
const burst = 25;
const refillMs = 300_000;

/**
 * Keeps a component from filling the store with events. Equal events within ten minutes become one with a
 * count; many that differ in the message only become one `(combined from similar events)`; and each object
 * gets 25 at once and one more every five minutes.
 */
export class EventCorrelator {
  readonly #budgets = new RecentMap<{ tokens: number; at: Ms }>(keysKept);
  readonly #messages = new RecentMap<{ texts: Set<string>; at: Ms }>(keysKept);
  readonly #written = new RecentMap<{ event: New<Event>; at: Ms }>(keysKept);

  correlate(event: New<Event>, now: Ms): Correlation {
    const { involvedObject, source, type, reason } = event;
    const { kind, namespace, name, uid, apiVersion, fieldPath } = involvedObject;
    const about = [source?.component, source?.host, kind, namespace, name, uid, apiVersion].join('\n');
    const alike = [about, type, reason, event.reportingComponent, event.reportingInstance].join('\n');
    const combined = this.#countMessage(alike, event.message ?? '', now);
    if (!this.#spend(about, now)) return { write: 'nothing' };

    const id = combined ? alike : [alike, fieldPath, event.message].join('\n');
    const message = combined ? `(combined from similar events): ${event.message}` : event.message;
    const known = this.#written.get(id);
    if (!known || now - known.at > windowMs) {
      const first = { ...event, message };
      this.#written.set(id, { event: first, at: now });
      return { write: 'create', event: first };
    }
    const patch = { count: (known.event.count ?? 1) + 1, lastTimestamp: rfc3339(now), message };
    const counted = { ...known.event, ...patch };
    this.#written.set(id, { event: counted, at: now });
    return { write: 'patch', event: counted, patch };
  }

  /** True when `alike` events came with so many different messages that they are to be one. */
  #countMessage(alike: string, message: string, now: Ms): boolean {
    let seen = this.#messages.get(alike);
    if (!seen || now - seen.at > windowMs) {
      seen = { texts: new Set(), at: now };
      this.#messages.set(alike, seen);
    }
    seen.at = now;
    seen.texts.add(message);
    if (seen.texts.size < messagesBeforeCombining) return false;
    for (const oldest of seen.texts) {
      seen.texts.delete(oldest);
      break;
    }
    return true;
  }

  #spend(about: string, now: Ms): boolean {
    const last = this.#budgets.get(about) ?? { tokens: burst, at: now };
    const tokens = Math.min(burst, last.tokens + (now - last.at) / refillMs);
    const enough = tokens >= 1;
    this.#budgets.set(about, { tokens: enough ? tokens - 1 : tokens, at: now });
    return enough;
  }
}
