import { isNotFound } from '@kubets/api';
import type { Endpoint } from '../call.ts';
import { listOptions } from '../decode/list_options.ts';
import type { Target } from '../routes/target.ts';
import type { ServerContext } from '../server_context.ts';
import { deleteObject } from './delete.ts';
import { deleteRequest } from './delete_options.ts';
import { listAnswer, listPage } from './list.ts';

/** Deletes under way at once; each waits for its commit, and commits of a tick share one sync. */
const parallel = 32;

/** Deletes what a list with the same selectors gives; the answer is that list, as it was before. */
export function deleteCollectionEndpoint(server: ServerContext, target: Target): Endpoint {
  return async (call) => {
    const options = listOptions(call.request.query, false);
    const request = deleteRequest(call);
    const page = await listPage(server, target, call, options);
    const queue = page.items.values();
    const worker = async () => {
      for (const item of queue) {
        const { name, namespace } = item.object.metadata;
        const one = { ...call, info: { ...call.info, namespace: namespace ?? '', name } };
        try {
          await deleteObject(server, target, one, name, { ...request });
        } catch (error) {
          // Gone already.
          if (!isNotFound(error)) throw error;
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(parallel, page.items.length) }, worker));
    return listAnswer(target, page);
  };
}
