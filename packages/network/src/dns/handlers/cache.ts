// Remembers what upstream servers said, for as long as they allow and never longer than half a minute.
import type { Clock, Ms } from '@kubets/base';
import { decodeReply } from '../decode_reply.ts';
import type { DnsHandler, Query, Reply } from '../message.ts';

export interface CacheOptions {
  clock: Clock;
  /** Replies kept; the one that was asked for longest ago goes first. Default 10,000. */
  entriesMax?: number;
  /** Default 30. */
  secondsMax?: number;
}

interface Entry {
  message: Uint8Array;
  at: Ms;
  until: Ms;
}

export function cache({ clock, entriesMax = 10_000, secondsMax = 30 }: CacheOptions): DnsHandler {
  const entries = new Map<string, Entry>();
  /** Equal questions that are under way share one answer. */
  const asking = new Map<string, Promise<Reply>>();

  const remember = (key: string, message: Uint8Array) => {
    const seconds = Math.min(secondsMax, secondsToKeep(message));
    if (seconds <= 0) return;
    entries.delete(key);
    entries.set(key, { message, at: clock.now(), until: clock.now() + seconds * 1000 });
    if (entries.size <= entriesMax) return;
    for (const oldest of entries.keys()) {
      entries.delete(oldest);
      break;
    }
  };

  return {
    name: 'cache',
    handle(query, next) {
      const key = keyOf(query);
      const entry = entries.get(key);
      if (entry && entry.until > clock.now()) {
        entries.delete(key);
        entries.set(key, entry);
        const ageSeconds = Math.floor((clock.now() - entry.at) / 1000);
        return Promise.resolve({ type: 'message', message: entry.message, ageSeconds });
      }
      entries.delete(key);
      const known = asking.get(key);
      if (known) return known;
      const reply = next(query)
        .then((each) => {
          if (each.type === 'message') remember(key, each.message);
          return each;
        })
        .finally(() => asking.delete(key));
      asking.set(key, reply);
      return reply;
    },
  };
}

function keyOf({ question, edns }: Query): string {
  return `${question.name} ${question.type} ${edns}`;
}

/** The shortest life of its records; for a negative reply that of its SOA (RFC 2308); 0 for failures. */
function secondsToKeep(message: Uint8Array): number {
  const reply = decodeReply(message);
  if (!reply || reply.truncated) return 0;
  const { rcode, ttls, negativeTtl } = reply;
  if (rcode !== 'NOERROR' && rcode !== 'NXDOMAIN') return 0;
  if (ttls.length > 0) return Math.min(...ttls);
  return negativeTtl ?? 0;
}
