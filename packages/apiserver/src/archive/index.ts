// Paths of our own, below /kubets/v1/: who may read them is decided as for every path that is no resource.
import type { Endpoint } from '../call.ts';
import { pageNotFound } from '../routes/dispatch.ts';
import type { ServerContext } from '../server_context.ts';
import { historyEndpoint } from './history_endpoint.ts';
import { snapshotEndpoint } from './snapshot_endpoint.ts';

const prefix = '/kubets/v1/';

/** `more`: endpoints of whoever runs the server, by path. */
export function ownEndpoints(
  server: ServerContext,
  more: Readonly<Record<string, Endpoint>> = {},
): Record<string, Endpoint> {
  const endpoints = new Map<string, Endpoint>([
    [`${prefix}snapshot`, snapshotEndpoint(server)],
    [`${prefix}history`, historyEndpoint(server)],
    ...Object.entries(more),
  ]);
  return {
    [prefix]: (call) => {
      const endpoint = endpoints.get(call.request.path);
      if (!endpoint) throw pageNotFound();
      return endpoint(call);
    },
  };
}
