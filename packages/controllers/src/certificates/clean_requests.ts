import { type CertificateSigningRequest, isNotFound } from '@kubets/api';
import type { Ms } from '@kubets/base';
import { refs } from '@kubets/client';
import { findCondition } from '../runtime/condition.ts';
import type { Controller, ControllerContext } from '../runtime/controller.ts';
import { watchSelf } from '../runtime/watch.ts';

const decidedMs: Ms = 3_600_000;
const pendingMs: Ms = 24 * 3_600_000;

/** Deletes requests some time after they were decided, or when nobody decides. */
export function requestCleaner({ client, caches, clock }: ControllerContext): Controller {
  const requests = caches.of(refs.certificateSigningRequests);
  return {
    name: 'csrcleaner',
    workers: 1,
    watches: [watchSelf(requests)],
    async reconcile(key) {
      const request = requests.get(key);
      if (!request) return;
      const left = expiresAt(request) - clock.now();
      if (left > 0) return { againAfterMs: left };
      const { name, uid } = request.metadata;
      await client.delete(refs.certificateSigningRequests, name, undefined, { uid }).catch((error) => {
        if (!isNotFound(error)) throw error;
      });
    },
  };
}

export function expiresAt({ metadata, status }: CertificateSigningRequest): Ms {
  for (const type of ['Approved', 'Denied', 'Failed']) {
    const decided = findCondition(status?.conditions, type)?.lastUpdateTime;
    if (decided) return Date.parse(decided) + decidedMs;
  }
  return Date.parse(metadata.creationTimestamp) + pendingMs;
}
