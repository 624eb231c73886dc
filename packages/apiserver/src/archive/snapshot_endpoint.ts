import { rfc3339 } from '@kubets/base';
import { saveStore } from '@kubets/storage/snapshot/index.ts';
import type { Endpoint } from '../call.ts';
import type { ServerContext } from '../server_context.ts';

/** `GET /kubets/v1/snapshot`: the store at one revision as frames of a snapshot, while the server goes on. */
export function snapshotEndpoint({ store, clock }: Pick<ServerContext, 'store' | 'clock'>): Endpoint {
  return async () => ({
    type: 'raw',
    status: 200,
    contentType: 'application/octet-stream',
    body: saveStore(store, { takenAt: rfc3339(clock.now()) }),
  });
}
