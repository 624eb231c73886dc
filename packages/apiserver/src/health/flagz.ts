// /flagz: the flags that this server was started with (KEP-4828).
import type { Endpoint } from '../call.ts';
import { componentPageEndpoint } from './component_page.ts';

/** `given`: by name, without dashes, with what the flag stands at. */
export function flagzEndpoint(given: Readonly<Record<string, string>>): Endpoint {
  const flags = Object.fromEntries(Object.entries(given).sort(([a], [b]) => (a < b ? -1 : 1)));
  return componentPageEndpoint({
    kind: 'Flagz',
    text: () =>
      Object.entries(flags)
        .map(([name, value]) => `${name}:${value}`)
        .join('\n'),
    fields: () => ({ flags }),
  });
}
