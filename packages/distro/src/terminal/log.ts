// Log lines of the long-running processes: JSON through pino, one object a line.

import type { LogFields, Logger } from '@kubets/base';
import { pino } from 'pino';

export function processLogger(component: string, level = process.env.KUBETS_LOG_LEVEL ?? 'info'): Logger {
  return adapt(
    pino({
      level,
      base: { component },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    }),
  );
}

function adapt(sink: pino.Logger): Logger {
  return {
    debug: (message, fields) => sink.debug(plain(fields), message),
    info: (message, fields) => sink.info(plain(fields), message),
    warn: (message, fields) => sink.warn(plain(fields), message),
    error: (message, fields) => sink.error(plain(fields), message),
    with: (fields) => adapt(sink.child(plain(fields) ?? {})),
  };
}

/** Errors as their message and stack: pino writes them only under the key `err`. */
function plain(fields: LogFields | undefined): Record<string, unknown> | undefined {
  if (!fields) return undefined;
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [
      key,
      value instanceof Error ? (value.stack ?? value.message) : value,
    ]),
  );
}
