import { rfc3339 } from '@kubets/base';
import { createIfAbsent } from './own_request.ts';
import type { Task, UpkeepContext } from './upkeep.ts';

/**
 * The day since which uses of token Secrets are known (KEP-2799): the controller that removes unused ones waits for
 * it to be long enough ago.
 */
export function legacyTokenTracking({ handle, server }: UpkeepContext): Task {
  return {
    name: 'legacy token tracking',
    everyMs: 60_000,
    run: () =>
      createIfAbsent(handle, '/api/v1/namespaces/kube-system/configmaps', {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'kube-apiserver-legacy-service-account-token-tracking', namespace: 'kube-system' },
        data: { since: rfc3339(server.clock.now()).slice(0, 10) },
      }),
  };
}
