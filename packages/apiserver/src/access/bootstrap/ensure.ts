// Brings a store to the state that every cluster starts from. Runs at each start; what is there is only added to.
import type { Status } from '@kubets/api';
import type { Reader } from '../../access.ts';
import { internalRequest } from '../../internal_call.ts';
import type { Handler } from '../../request.ts';
import { type BootstrapObject, bootstrapObjects } from './objects.ts';

export async function ensureBootstrapObjects(options: {
  handle: Handler;
  reader: Reader;
  signal: AbortSignal;
}): Promise<void> {
  const missing = bootstrapObjects().filter(
    ({ group, resource, object }) =>
      options.reader.get(group, resource, object.metadata.namespace, object.metadata.name!) === undefined,
  );
  await Promise.all(missing.map((item) => create(options.handle, item, options.signal)));
}

async function create(
  handle: Handler,
  { group, resource, object }: BootstrapObject,
  signal: AbortSignal,
): Promise<void> {
  const { namespace } = object.metadata;
  const path = `/apis/${group}/v1${namespace ? `/namespaces/${namespace}` : ''}/${resource}`;
  const answer = await handle(internalRequest({ method: 'POST', path, body: object }, signal));
  if (answer.type !== 'object' || answer.status < 400) return;
  const status = answer.object as Status;
  // Another server of the same store may have been faster.
  if (status.reason !== 'AlreadyExists') {
    throw new Error(`cannot create ${resource} ${object.metadata.name}: ${status.message}`);
  }
}
