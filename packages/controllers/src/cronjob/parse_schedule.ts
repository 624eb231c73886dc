// The schedule language of CronJobs: five fields of cron with names, ranges, steps and lists, the macros @yearly,
// @monthly, @weekly, @daily and @hourly, and `@every 1h30m` (the robfig/cron standard parser).

import { parseDuration } from '@kubets/api';

export type Schedule =
  | {
      type: 'fields';
      minutes: readonly number[];
      hours: readonly number[];
      daysOfMonth: ReadonlySet<number>;
      months: ReadonlySet<number>;
      daysOfWeek: ReadonlySet<number>;
      /** Both days must match when one of them is `*`; else either may (the rule of cron since System V). */
      bothDays: boolean;
    }
  | { type: 'every'; everyMs: number };

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const fields: readonly { min: number; max: number; names?: ReadonlyMap<string, number> }[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: new Map(months.map((name, i) => [name, i + 1])) },
  { min: 0, max: 6, names: new Map(days.map((name, i) => [name, i])) },
];

const macros: ReadonlyMap<string, string> = new Map([
  ['@yearly', '0 0 1 1 *'],
  ['@annually', '0 0 1 1 *'],
  ['@monthly', '0 0 1 * *'],
  ['@weekly', '0 0 * * 0'],
  ['@daily', '0 0 * * *'],
  ['@midnight', '0 0 * * *'],
  ['@hourly', '0 * * * *'],
]);

/** `zone` is set for the unsupported but tolerated prefix `TZ=` or `CRON_TZ=`. Throws Error with what is wrong. */
export function parseSchedule(text: string): { schedule: Schedule; zone?: string } {
  const prefix = /^(?:CRON_)?TZ=(\S+)\s+(.*)$/.exec(text);
  if (prefix) return { ...parseSchedule(prefix[2]!), zone: prefix[1] };
  if (text === '') throw new Error('empty spec string');
  if (text.startsWith('@')) return { schedule: parseDescriptor(text) };
  const parts = text.trim().split(/\s+/);
  if (parts.length !== fields.length) {
    throw new Error(`expected exactly 5 fields, found ${parts.length}: [${parts.join(' ')}]`);
  }
  const [minutes, hours, daysOfMonth, monthsOfYear, daysOfWeek] = parts.map((part, i) => parseField(part, i));
  return {
    schedule: {
      type: 'fields',
      minutes: [...minutes!.values].sort((a, b) => a - b),
      hours: [...hours!.values].sort((a, b) => a - b),
      daysOfMonth: daysOfMonth!.values,
      months: monthsOfYear!.values,
      daysOfWeek: daysOfWeek!.values,
      bothDays: daysOfMonth!.any || daysOfWeek!.any,
    },
  };
}

function parseDescriptor(text: string): Schedule {
  const macro = macros.get(text);
  if (macro) return parseSchedule(macro).schedule;
  const every = /^@every (.+)$/.exec(text);
  if (!every) throw new Error(`unrecognized descriptor: ${text}`);
  const nanos = parseDuration(every[1]!);
  if (nanos === undefined) {
    throw new Error(`failed to parse duration ${text}: time: invalid duration "${every[1]}"`);
  }
  return { type: 'every', everyMs: Math.max(1000, Math.floor(nanos / 1e9) * 1000) };
}

function parseField(text: string, field: number): { values: Set<number>; any: boolean } {
  const values = new Set<number>();
  let any = false;
  for (const item of text.split(',')) {
    const range = parseRange(item, field);
    any ||= range.any;
    for (let value = range.first; value <= range.last; value += range.step) values.add(value);
  }
  return { values, any };
}

function parseRange(
  item: string,
  field: number,
): { first: number; last: number; step: number; any: boolean } {
  const { min, max } = fields[field]!;
  const [range = '', stepText, extra] = item.split('/');
  const [from = '', to, more] = range.split('-');
  if (more !== undefined) throw new Error(`too many hyphens: ${item}`);
  if (extra !== undefined) throw new Error(`too many slashes: ${item}`);
  const all = from === '*' || from === '?';
  const first = all ? min : parseValue(from, field);
  const step = stepText === undefined ? 1 : parseNumber(stepText);
  let last = all ? max : to === undefined ? first : parseValue(to, field);
  // `5/15` means from 5 on.
  if (!all && to === undefined && stepText !== undefined) last = max;
  if (first < min) throw new Error(`beginning of range (${first}) below minimum (${min}): ${item}`);
  if (last > max) throw new Error(`end of range (${last}) above maximum (${max}): ${item}`);
  if (first > last) throw new Error(`beginning of range (${first}) beyond end of range (${last}): ${item}`);
  if (step === 0) throw new Error(`step of range should be a positive number: ${item}`);
  return { first, last, step, any: all && step === 1 };
}

function parseValue(text: string, field: number): number {
  return fields[field]!.names?.get(text.toLowerCase()) ?? parseNumber(text);
}

function parseNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) {
    throw new Error(`failed to parse int from ${text}: strconv.Atoi: parsing "${text}": invalid syntax`);
  }
  return Number(text);
}
