import type { Ms } from '@kubets/base';

/** What clocks on the wall show in a place. */
export interface TimeZone {
  /** Local time minus UTC at an instant. */
  offsetAt(instant: Ms): Ms;
}

export const utc: TimeZone = { offsetAt: () => 0 };

/** Throws RangeError for a name that is not in the IANA database. */
export function timeZone(name: string): TimeZone {
  const format = new Intl.DateTimeFormat('en-US-u-ca-iso8601', {
    timeZone: name,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return {
    offsetAt(instant) {
      const parts = new Map(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
      const of = (type: Intl.DateTimeFormatPartTypes) => parts.get(type)!;
      const local = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
      return local - Math.floor(instant / 1000) * 1000;
    },
  };
}

/** `2026-01-01T09:00:00+01:00` */
export function formatInZone(instant: Ms, zone: TimeZone): string {
  const offset = zone.offsetAt(instant);
  const local = new Date(instant + offset).toISOString().slice(0, 19);
  if (offset === 0) return `${local}Z`;
  const minutes = Math.abs(offset) / 60_000;
  const two = (n: number) => String(Math.floor(n)).padStart(2, '0');
  return `${local}${offset < 0 ? '-' : '+'}${two(minutes / 60)}:${two(minutes % 60)}`;
}
