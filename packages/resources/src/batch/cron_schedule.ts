// Schedules of CronJobs: five fields as in crontab(5), or `@hourly` and the like. The texts of errors are those
// of the parser that upstream uses (robfig/cron), which users know.

import { goQuote, parseDuration } from '@kubets/api';

export interface CronFields {
  /** Each set in ascending order. */
  minutes: ReadonlySet<number>;
  hours: ReadonlySet<number>;
  daysOfMonth: ReadonlySet<number>;
  months: ReadonlySet<number>;
  /** 0 is Sunday. */
  daysOfWeek: ReadonlySet<number>;
  /** A day must match both day fields where one of them is `*`, and either of them otherwise. */
  bothDays: boolean;
}

export type CronSchedule =
  | ({ type: 'fields'; zone?: string } & CronFields)
  /** `@every 1h30m`, counted from when it last ran. */
  | { type: 'every'; ms: number; zone?: string };

export type CronResult = { ok: true; schedule: CronSchedule } | { ok: false; message: string };

class CronError extends Error {}

export function parseCronSchedule(text: string): CronResult {
  try {
    return { ok: true, schedule: readCronSchedule(text) };
  } catch (error) {
    if (error instanceof CronError) return { ok: false, message: error.message };
    throw error;
  }
}

const descriptors: Record<string, string> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

/** @throws Error with upstream's text */
export function readCronSchedule(text: string): CronSchedule {
  if (text === '') throw new CronError('empty spec string');
  const located = /^(?:CRON_)?TZ=(\S*)\s*(.*)$/s.exec(text);
  const zone = located?.[1];
  if (zone !== undefined && !isTimeZone(zone))
    throw new CronError(`provided bad location ${zone}: unknown time zone ${zone}`);
  const spec = located ? located[2]!.trim() : text;
  const every = /^@every (.*)$/.exec(spec)?.[1];
  if (every !== undefined) return { type: 'every', ms: everyMs(every, spec), zone };
  if (spec.startsWith('@') && !descriptors[spec]) throw new CronError(`unrecognized descriptor: ${spec}`);
  const fields = (descriptors[spec] ?? spec).split(/\s+/).filter(Boolean);
  if (fields.length !== 5)
    throw new CronError(`expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`);
  const [minutes, hours, daysOfMonth, months, daysOfWeek] = fields.map((field, i) =>
    parseField(field, bounds[i]!),
  ) as [Parsed, Parsed, Parsed, Parsed, Parsed];
  return {
    type: 'fields',
    zone,
    minutes: minutes.values,
    hours: hours.values,
    daysOfMonth: daysOfMonth.values,
    months: months.values,
    daysOfWeek: daysOfWeek.values,
    bothDays: daysOfMonth.any || daysOfWeek.any,
  };
}

interface Bounds {
  min: number;
  max: number;
  names?: Record<string, number>;
}

const named = (text: string, first: number) =>
  Object.fromEntries(text.split(' ').map((name, i) => [name, i + first]));

const bounds: Bounds[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: named('jan feb mar apr may jun jul aug sep oct nov dec', 1) },
  { min: 0, max: 6, names: named('sun mon tue wed thu fri sat', 0) },
];

interface Parsed {
  values: Set<number>;
  any: boolean;
}

function parseField(field: string, bound: Bounds): Parsed {
  const values = new Set<number>();
  let any = false;
  for (const part of field.split(',').filter(Boolean)) {
    const { start, end, step, star } = parseRange(part, bound);
    for (let value = start; value <= end; value += step) values.add(value);
    any ||= star;
  }
  return { values: new Set([...values].sort((a, b) => a - b)), any };
}

function parseRange(part: string, bound: Bounds) {
  const [range = '', stepText, ...moreSteps] = part.split('/');
  const [low = '', high, ...moreHighs] = range.split('-');
  const wild = low === '*' || low === '?';
  if (!wild && moreHighs.length > 0) throw new CronError(`too many hyphens: ${part}`);
  const start = wild ? bound.min : parseNumber(low, bound.names);
  let end = wild ? bound.max : high === undefined ? start : parseNumber(high, bound.names);
  if (moreSteps.length > 0) throw new CronError(`too many slashes: ${part}`);
  const step = stepText === undefined ? 1 : parseNumber(stepText);
  // `5/10` runs on from 5 to the end.
  if (stepText !== undefined && high === undefined) end = bound.max;
  if (start < bound.min)
    throw new CronError(`beginning of range (${start}) below minimum (${bound.min}): ${part}`);
  if (end > bound.max) throw new CronError(`end of range (${end}) above maximum (${bound.max}): ${part}`);
  if (start > end) throw new CronError(`beginning of range (${start}) beyond end of range (${end}): ${part}`);
  if (step === 0) throw new CronError(`step of range should be a positive number: ${part}`);
  return { start, end, step, star: wild && step === 1 };
}

function parseNumber(text: string, names?: Record<string, number>): number {
  const name = names?.[text.toLowerCase()];
  if (name !== undefined) return name;
  if (!/^[+-]?[0-9]{1,9}$/.test(text))
    throw new CronError(
      `failed to parse int from ${text}: strconv.Atoi: parsing ${goQuote(text)}: invalid syntax`,
    );
  const value = Number(text);
  if (value < 0) throw new CronError(`negative number (${value}) not allowed: ${text}`);
  return value;
}

/** A Go duration, rounded to seconds and at least one. */
function everyMs(text: string, spec: string): number {
  const nanos = parseDuration(text);
  if (nanos === undefined)
    throw new CronError(`failed to parse duration ${spec}: time: invalid duration ${goQuote(text)}`);
  return Math.max(1000, Math.floor(nanos / 1e9) * 1000);
}

/** A name of the IANA database, or UTC. */
export function isTimeZone(name: string): boolean {
  if (name === '' || name === 'UTC') return true;
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return !/^[+-]/.test(name);
  } catch {
    return false;
  }
}
