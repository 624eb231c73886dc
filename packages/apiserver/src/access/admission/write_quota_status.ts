import type { ResourceQuota, Status } from '@kubets/api';
import { internalRequest } from '../../internal_call.ts';
import type { Handler } from '../../request.ts';

/** Writes the status through the server itself. False when the quota has changed since it was read. */
export async function writeQuotaStatus(handle: Handler, quota: ResourceQuota): Promise<boolean> {
  const { namespace, name } = quota.metadata;
  const path = `/api/v1/namespaces/${namespace}/resourcequotas/${name}/status`;
  const answer = await handle(internalRequest({ method: 'PUT', path, body: quota }));
  if (answer.type === 'object' && answer.status < 400) return true;
  const { reason, message } = (answer as { object?: Status }).object ?? {};
  // A quota that has been deleted limits nothing: the next look does not find it.
  if (reason === 'Conflict' || reason === 'NotFound') return false;
  throw new Error(`cannot write the status of quota ${namespace}/${name}: ${message}`);
}
