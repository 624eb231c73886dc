// Which lines of a container's log are asked for, and how they are shown.
import type { LogLine } from './log_line.ts';
import { parseLogLine } from './log_line.ts';

export interface LogOptions {
  follow: boolean;
  previous: boolean;
  timestamps: boolean;
  tailLines?: number;
  limitBytes?: number;
  /** Only lines from then on, in milliseconds. */
  sinceMs?: number;
  stream?: 'stdout' | 'stderr';
}

/** PodLogOptions from a query; a string says what is wrong with it. `now` is what sinceSeconds counts from. */
export function parseLogOptions(query: URLSearchParams, now: number): LogOptions | string {
  const flag = (name: string) => ['true', '1', ''].includes(query.get(name) ?? 'no');
  const number = (name: string) => (query.has(name) ? Number(query.get(name)) : undefined);
  const options: LogOptions = {
    follow: flag('follow'),
    previous: flag('previous'),
    timestamps: flag('timestamps'),
    tailLines: number('tailLines'),
    limitBytes: number('limitBytes'),
  };
  for (const name of ['tailLines', 'limitBytes', 'sinceSeconds']) {
    const value = number(name);
    const least = name === 'tailLines' ? 0 : 1;
    if (value !== undefined && !(Number.isInteger(value) && value >= least))
      return `invalid ${name}: ${query.get(name)}`;
  }
  if (query.has('sinceSeconds') && query.has('sinceTime'))
    return 'at most one of `sinceTime` or `sinceSeconds` may be specified';
  if (query.has('sinceSeconds')) options.sinceMs = now - number('sinceSeconds')! * 1000;
  if (query.has('sinceTime')) {
    options.sinceMs = Date.parse(query.get('sinceTime')!);
    if (Number.isNaN(options.sinceMs)) return `invalid sinceTime: ${query.get('sinceTime')}`;
  }
  const stream = query.get('stream') ?? 'All';
  if (stream !== 'All' && stream !== 'Stdout' && stream !== 'Stderr')
    return `invalid stream type "${stream}"`;
  if (stream !== 'All') options.stream = stream === 'Stdout' ? 'stdout' : 'stderr';
  return options;
}

/**
 * Turns entries of the file into what is sent, until the limit of bytes is reached. Text is one character for
 * each byte (latin1): logs need not be UTF-8, and must come out as they went in.
 */
export class LogFilter {
  readonly #options: LogOptions;
  #left: number;
  #inPartial = false;

  constructor(options: LogOptions) {
    this.#options = options;
    this.#left = options.limitBytes ?? Number.POSITIVE_INFINITY;
  }

  get done(): boolean {
    return this.#left <= 0;
  }

  /** What to send for one entry; empty when it is passed over. */
  take(entry: string): string {
    const line = parseLogLine(entry);
    if (!line || !this.#wanted(line)) return '';
    // The parts of one line have one time, before the first.
    const time = this.#options.timestamps && !this.#inPartial ? `${line.time} ` : '';
    this.#inPartial = line.partial;
    const text = time + line.content + (line.partial ? '' : '\n');
    const sent = text.length > this.#left ? text.slice(0, this.#left) : text;
    this.#left -= sent.length;
    return sent;
  }

  #wanted({ stream, time }: LogLine): boolean {
    const { stream: wanted, sinceMs } = this.#options;
    if (wanted && stream !== wanted) return false;
    return sinceMs === undefined || Date.parse(time) >= sinceMs;
  }
}
