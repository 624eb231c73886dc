import { serviceUnavailable } from '@kubets/api';
import type { Handler } from '@kubets/apiserver';
import { errorResult } from '@kubets/apiserver/filters/panic.ts';

/**
 * The API of a cluster whose nodes are simulated: what would go on to a node, pod or service is refused. Their
 * addresses may be those of real ones: a fork has the addresses, and the credentials, of the cluster it was made from.
 */
export function withoutConnections(handle: Handler): Handler {
  return async (request) => {
    const result = await handle(request);
    if (result.type !== 'proxy') return result;
    const refusal = serviceUnavailable(
      'the nodes of this cluster are simulated: no container runs that could be connected to',
    );
    return errorResult(refusal, []);
  };
}
