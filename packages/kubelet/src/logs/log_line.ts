/** One line of a container's log as CRI runtimes write it: `2026-01-01T00:00:00.5Z stdout F text`. */
export interface LogLine {
  /** RFC 3339 with nanoseconds, as written. */
  time: string;
  stream: 'stdout' | 'stderr';
  /** The line goes on in the next entry. */
  partial: boolean;
  content: string;
}

/** Undefined for what is not a whole line of that form. */
export function parseLogLine(line: string): LogLine | undefined {
  const match = /^(\S+) (stdout|stderr) ([^ ]+)(?: (.*))?$/s.exec(line);
  if (!match) return undefined;
  const [, time, stream, tags, content = ''] = match;
  return {
    time: time!,
    stream: stream as LogLine['stream'],
    partial: tags!.split(':')[0] === 'P',
    content,
  };
}
