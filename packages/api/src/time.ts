// RFC 3339 as Kubernetes writes it: whole seconds for metav1.Time, microseconds for metav1.MicroTime, UTC.
import { rfc3339 } from '@kubets/base';
import { goQuote } from './go_quote.ts';

/** A point in time, exact to the nanosecond. */
export interface Instant {
  /** Since the Unix epoch; may be negative. */
  seconds: number;
  /** 0 to 999,999,999. */
  nanos: number;
}

const shape = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(?:Z|([+-])(\d\d):(\d\d))$/;
const usualLength = '2026-01-01T00:00:00Z'.length;

/** Undefined where the text isn't RFC 3339. */
export function parseInstant(text: string): Instant | undefined {
  if (text.length === usualLength) {
    const seconds = parseUsual(text);
    if (seconds !== undefined) return { seconds, nanos: 0 };
  }
  const match = shape.exec(text);
  if (!match) return undefined;
  const [, local, fraction, sign, offsetHours, offsetMinutes] = match;
  const seconds = parseUsual(`${local}Z`);
  if (seconds === undefined) return undefined;
  const [hours, minutes] = [Number(offsetHours ?? 0), Number(offsetMinutes ?? 0)];
  if (hours > 23 || minutes > 59) return undefined;
  const offset = (hours * 60 + minutes) * 60;
  const nanos = fraction ? Number(fraction.slice(0, 9).padEnd(9, '0')) : 0;
  return { seconds: seconds + (sign === '-' ? offset : -offset), nanos };
}

const microShape = /^[^.]{19}\.\d{6}(?!\d)/;

/** Like parseInstant, but with six digits for the microseconds, which metav1.MicroTime must have. */
export function parseMicroInstant(text: string): Instant | undefined {
  return microShape.test(text) ? parseInstant(text) : undefined;
}

/** What Go's time.Parse says of a text that parseInstant, or parseMicroInstant, doesn't read. */
export function explainInstant(text: string, form: 'time' | 'microTime' = 'time'): string {
  let rest = text;
  const expected = form === 'time' ? '2006-01-02T15:04:05Z07:00' : '2006-01-02T15:04:05.000000Z07:00';
  for (const [pattern, name] of form === 'time' ? layout : microLayout) {
    const match = pattern.exec(rest);
    if (!match) {
      return `parsing time ${goQuote(text)} as "${expected}": cannot parse ${goQuote(rest)} as "${name}"`;
    }
    const bounds = ranges[name];
    if (bounds && (Number(match[0]) < bounds[1] || Number(match[0]) > bounds[2])) {
      return `parsing time ${goQuote(text)}: ${bounds[0]} out of range`;
    }
    rest = rest.slice(match[0].length);
  }
  return rest
    ? `parsing time ${goQuote(text)}: extra text: ${goQuote(rest)}`
    : `parsing time ${goQuote(text)}: day out of range`;
}

const layout: readonly [RegExp, string][] = [
  [/^\d{4}/, '2006'],
  [/^-/, '-'],
  [/^\d\d/, '01'],
  [/^-/, '-'],
  [/^\d\d/, '02'],
  [/^T/, 'T'],
  [/^\d\d/, '15'],
  [/^:/, ':'],
  [/^\d\d/, '04'],
  [/^:/, ':'],
  [/^\d\d(\.\d+)?/, '05'],
  [/^(Z|[+-]\d\d:\d\d)/, 'Z07:00'],
];
const microLayout: typeof layout = layout.flatMap(([pattern, name]): [RegExp, string][] =>
  name === '05'
    ? [
        [/^\d\d/, '05'],
        [/^\.\d{6}/, '.000000'],
      ]
    : [[pattern, name]],
);
const ranges: Record<string, [name: string, least: number, most: number]> = {
  '01': ['month', 1, 12],
  '15': ['hour', 0, 23],
  '04': ['minute', 0, 59],
  '05': ['second', 0, 59.999_999_999],
};

/** `2026-01-01T00:00:00Z`, as metav1.Time is written. */
export function formatTime(instant: Instant): string {
  return `${local(instant.seconds)}Z`;
}

/** `2026-01-01T00:00:00.000000Z`, as metav1.MicroTime is written. */
export function formatMicroTime(instant: Instant): string {
  const micros = Math.floor(instant.nanos / 1000);
  return `${local(instant.seconds)}.${String(micros).padStart(6, '0')}Z`;
}

// Date.parse takes five times as long and lets the 30th of February be a day in March. Objects have many times.
function parseUsual(text: string): number | undefined {
  const year = two(text, 0) * 100 + two(text, 2);
  const month = two(text, 5);
  const day = two(text, 8);
  const hour = two(text, 11);
  const minute = two(text, 14);
  const second = two(text, 17);
  // Any character that isn't a digit makes its number NaN, which no comparison holds for.
  const inRange =
    year >= 0 &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= daysIn(year, month) &&
    hour < 24 &&
    minute < 60 &&
    second < 60;
  const separated =
    text[4] === '-' &&
    text[7] === '-' &&
    text[10] === 'T' &&
    text[13] === ':' &&
    text[16] === ':' &&
    text[19] === 'Z';
  if (!inRange || !separated) return undefined;
  return ((dayNumber(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
}

function two(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

// Days since 1970-01-01 in the proleptic Gregorian calendar (Howard Hinnant, days_from_civil): the year begins
// in March, so that the leap day is its last.
function dayNumber(year: number, month: number, day: number): number {
  const y = month > 2 ? year : year - 1;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

// Times of one object are mostly of one day.
let lastDay = Number.NaN;
let lastDate = '';

function local(seconds: number): string {
  const day = Math.floor(seconds / 86_400);
  if (day !== lastDay) {
    lastDate = rfc3339(day * 86_400_000).slice(0, -'00:00:00Z'.length);
    lastDay = day;
  }
  const rest = seconds - day * 86_400;
  const minutes = Math.floor(rest / 60);
  return `${lastDate}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}:${pad(rest % 60)}`;
}

function pad(number: number): string {
  return number < 10 ? `0${number}` : String(number);
}
