import type { Status } from '@kubets/api';

/** The Status in the answer of a failure, or one made of what a proxy or something else in between answered. */
export function statusOf(code: number, text: string): Status {
  const status = parseStatus(text);
  if (status) return { ...status, code: status.code || code };
  return {
    status: 'Failure',
    code,
    reason: reasons[code] ?? 'InternalError',
    // A 404 that is no Status says that nobody serves the group; client-go words it so.
    message:
      code === 404 ? 'the server could not find the requested resource' : text.trim() || `HTTP ${code}`,
  };
}

function parseStatus(text: string): Status | undefined {
  try {
    const value = JSON.parse(text);
    return value?.kind === 'Status' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** API conventions, "Response Status Kind". */
const reasons: Record<number, string> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  406: 'NotAcceptable',
  409: 'Conflict',
  410: 'Gone',
  413: 'RequestEntityTooLarge',
  415: 'UnsupportedMediaType',
  422: 'Invalid',
  429: 'TooManyRequests',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};
