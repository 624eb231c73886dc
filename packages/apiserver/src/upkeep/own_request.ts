import { ApiError, isAlreadyExists, isNotFound, type KubeObject, type Status } from '@kubets/api';
import { type InternalRequest, internalRequest } from '../internal_call.ts';
import type { Handler } from '../request.ts';

/** A request of the server to itself; the object of the answer. @throws ApiError as a client would get it */
export async function ownRequest(
  handle: Handler,
  request: InternalRequest,
  signal?: AbortSignal,
): Promise<any> {
  const result = await handle(internalRequest(request, signal));
  if (result.type !== 'object') throw new Error(`unexpected answer of type ${result.type}`);
  if (result.status >= 400) throw new ApiError(result.object as Status);
  return result.object;
}

export async function createIfAbsent(handle: Handler, collection: string, object: object): Promise<void> {
  const { name } = (object as KubeObject).metadata;
  const existing = await ownRequest(handle, { method: 'GET', path: `${collection}/${name}` }).catch(
    (error) => {
      if (!isNotFound(error)) throw error;
    },
  );
  if (existing) return;
  await ownRequest(handle, { method: 'POST', path: collection, body: object }).catch((error) => {
    // Another server was faster.
    if (!isAlreadyExists(error)) throw error;
  });
}
