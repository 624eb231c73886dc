// Go durations: `1h30m0s`, `250ms`. Nanoseconds as numbers; beyond 104 days the last digits are rounded.

const units: Record<string, number> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};
const term = /(\d+\.?\d*|\.\d+)(ns|us|\u00b5s|\u03bcs|ms|s|m|h)/y;

/** Nanoseconds, or undefined where the text isn't a duration (Go's time.ParseDuration). */
export function parseDuration(text: string): number | undefined {
  const negative = text.startsWith('-');
  const body = negative || text.startsWith('+') ? text.slice(1) : text;
  if (body === '0') return 0;
  if (body === '') return undefined;
  let total = 0;
  term.lastIndex = 0;
  while (term.lastIndex < body.length) {
    const match = term.exec(body);
    if (!match) return undefined;
    total += Number(match[1]) * units[match[2]!]!;
  }
  const nanos = Math.round(total);
  return negative ? -nanos : nanos;
}

/** What time.ParseDuration says of a text that it refuses; undefined where it takes the text. */
export function durationProblem(text: string): string | undefined {
  if (parseDuration(text) !== undefined) return undefined;
  const quoted = JSON.stringify(text);
  let rest = text.replace(/^[+-]/, '');
  while (rest) {
    const [number] = /^(\d+\.?\d*|\.\d+)/.exec(rest) ?? [];
    if (!number) break;
    const [unit = ''] = /^[^.\d]+/.exec(rest.slice(number.length)) ?? [];
    if (!unit) return `time: missing unit in duration ${quoted}`;
    if (!(unit in units)) return `time: unknown unit ${JSON.stringify(unit)} in duration ${quoted}`;
    rest = rest.slice(number.length + unit.length);
  }
  return `time: invalid duration ${quoted}`;
}

/** As Go's Duration.String: `1h30m0s`, `1.5s`, `250ms`, `0s`. */
export function formatDuration(nanos: number): string {
  if (nanos === 0) return '0s';
  const sign = nanos < 0 ? '-' : '';
  const total = Math.abs(nanos);
  if (total < 1e3) return `${sign}${total}ns`;
  if (total < 1e6) return `${sign}${decimal(total, 1e3)}µs`;
  if (total < 1e9) return `${sign}${decimal(total, 1e6)}ms`;
  const hours = Math.floor(total / 3600e9);
  const minutes = Math.floor((total % 3600e9) / 60e9);
  const seconds = `${decimal(total % 60e9, 1e9)}s`;
  if (hours) return `${sign}${hours}h${minutes}m${seconds}`;
  return minutes ? `${sign}${minutes}m${seconds}` : `${sign}${seconds}`;
}

function decimal(value: number, unit: number): string {
  const whole = Math.floor(value / unit);
  const rest = Math.round(value % unit);
  if (!rest) return String(whole);
  const digits = String(rest)
    .padStart(String(unit).length - 1, '0')
    .replace(/0+$/, '');
  return `${whole}.${digits}`;
}
