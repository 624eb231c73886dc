import { decodeBase64, isNotFound, type Secret } from '@kubets/api';
import type { Ms } from '@kubets/base';
import { refs } from '@kubets/client';
import type { ControllerDefinition } from '../runtime/controller.ts';
import { watchSelf } from '../runtime/watch.ts';

const namespace = 'kube-system';
const type = 'bootstrap.kubernetes.io/token';

/** Deletes bootstrap tokens that have expired. */
export const bootstrapTokenCleaner: ControllerDefinition = {
  name: 'token-cleaner-controller',
  create({ client, caches, clock }) {
    const secrets = caches.of(refs.secrets);
    return [
      {
        name: 'tokencleaner',
        workers: 1,
        watches: [
          watchSelf(secrets, (secret) => secret.metadata.namespace === namespace && secret.type === type),
        ],
        async reconcile(key) {
          const secret = secrets.get(key);
          const at = secret && expiresAt(secret);
          if (at === undefined) return;
          const left = at - clock.now();
          if (left > 0) return { againAfterMs: left };
          const { name, uid } = secret!.metadata;
          await client.delete(refs.secrets, name, namespace, { uid }).catch((error) => {
            if (!isNotFound(error)) throw error;
          });
        },
      },
    ];
  },
};

/** Undefined for tokens without an end. One whose end can't be read has ended: it must not be trusted. */
export function expiresAt(secret: Secret): Ms | undefined {
  const expiration = secret.data?.['expiration'];
  if (!expiration) return undefined;
  const at = Date.parse(new TextDecoder().decode(decodeBase64(expiration)));
  return Number.isNaN(at) ? 0 : at;
}
