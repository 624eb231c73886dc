import type { ResourceQuota, Status } from '@kubets/api';
import type { Handler } from '../../request.ts';

const user = { username: 'system:apiserver', groups: ['system:masters'] };

/** Writes the status through the server itself. False when the quota has changed since it was read. */
export async function writeQuotaStatus(handle: Handler, quota: ResourceQuota): Promise<boolean> {
  const { namespace, name } = quota.metadata;
  const answer = await handle({
    method: 'PUT',
    path: `/api/v1/namespaces/${namespace}/resourcequotas/${name}/status`,
    query: new URLSearchParams(),
    headers: {},
    body: quota,
    user,
    remoteAddress: '',
    signal: new AbortController().signal,
  });
  if (answer.type === 'object' && answer.status < 400) return true;
  const { reason, message } = (answer as { object?: Status }).object ?? {};
  // A quota that has been deleted limits nothing: the next look does not find it.
  if (reason === 'Conflict' || reason === 'NotFound') return false;
  throw new Error(`cannot write the status of quota ${namespace}/${name}: ${message}`);
}
