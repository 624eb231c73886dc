// Brings a store to the state that every cluster starts from. Runs at each start; what is there is only added to.
import type { Status } from '@kubets/api';
import type { Reader } from '../../access.ts';
import type { ApiRequest, Handler } from '../../request.ts';
import { type BootstrapObject, bootstrapObjects } from './objects.ts';

const user = { username: 'system:apiserver', groups: ['system:masters'] };

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
  const request: ApiRequest = {
    method: 'POST',
    path: `/apis/${group}/v1${namespace ? `/namespaces/${namespace}` : ''}/${resource}`,
    query: new URLSearchParams(),
    headers: {},
    body: object,
    user,
    remoteAddress: '',
    signal,
  };
  const answer = await handle(request);
  if (answer.type !== 'object' || answer.status < 400) return;
  const status = answer.object as Status;
  // Another server of the same store may have been faster.
  if (status.reason !== 'AlreadyExists') {
    throw new Error(`cannot create ${resource} ${object.metadata.name}: ${status.message}`);
  }
}
