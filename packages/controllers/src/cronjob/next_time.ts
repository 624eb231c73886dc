import type { Ms } from '@kubets/base';
import type { CronSchedule } from '@kubets/resources';
import type { TimeZone } from './time_zone.ts';

const dayMs = 86_400_000;
/** A schedule that names no day within five years (31 February) never comes. */
const horizonDays = 5 * 366;

/** The first time after `after` that the schedule names; undefined when there is none. */
export function nextTime(schedule: CronSchedule, after: Ms, zone: TimeZone): Ms | undefined {
  if (schedule.type === 'every') return Math.floor(after / 1000) * 1000 + schedule.ms;
  const localDay = Math.floor((after + zone.offsetAt(after)) / dayMs) * dayMs;
  for (let day = 0; day <= horizonDays; day++) {
    const midnight = localDay + day * dayMs;
    if (!matchesDay(schedule, new Date(midnight))) continue;
    const time = firstOfDay(schedule, midnight, after, zone);
    if (time !== undefined) return time;
  }
  return undefined;
}

function matchesDay(schedule: CronSchedule & { type: 'fields' }, date: Date): boolean {
  if (!schedule.months.has(date.getUTCMonth() + 1)) return false;
  const ofMonth = schedule.daysOfMonth.has(date.getUTCDate());
  const ofWeek = schedule.daysOfWeek.has(date.getUTCDay());
  return schedule.bothDays ? ofMonth && ofWeek : ofMonth || ofWeek;
}

/** Local times that the clock skips do not happen; those that it shows twice happen twice. */
function firstOfDay(
  schedule: CronSchedule & { type: 'fields' },
  midnight: Ms,
  after: Ms,
  zone: TimeZone,
): Ms | undefined {
  const early = zone.offsetAt(midnight - dayMs / 2);
  const late = zone.offsetAt(midnight + 1.5 * dayMs);
  const offsets = early === late ? [early] : [early, late];
  let first: Ms | undefined;
  for (const hour of schedule.hours) {
    for (const minute of schedule.minutes) {
      const local = midnight + (hour * 60 + minute) * 60_000;
      for (const offset of offsets) {
        const instant = local - offset;
        if (instant <= after || (first !== undefined && instant >= first)) continue;
        if (offsets.length > 1 && zone.offsetAt(instant) !== offset) continue;
        first = instant;
      }
      if (first !== undefined && offsets.length === 1) return first;
    }
  }
  return first;
}
