// Go's strconv.ParseBool.
const yes = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);

/** Indented JSON: asked for, or for people with a browser or curl (upstream: isPrettyPrint). */
export function wantsPretty(query: URLSearchParams, userAgent: string | undefined): boolean {
  const asked = query.size > 0 ? query.get('pretty') : null;
  if (asked) return yes.has(asked);
  if (!userAgent) return false;
  return userAgent.startsWith('curl') || userAgent.startsWith('Wget') || userAgent.startsWith('Mozilla/5.0');
}
