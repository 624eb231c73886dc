import { type CertificateSigningRequest, encodeBase64 } from '@kubets/api';
import { rfc3339 } from '@kubets/base';
import { refs } from '@kubets/client';
import { findCondition } from '../runtime/condition.ts';
import type { CertificateSigner } from '../runtime/config.ts';
import type { Controller, ControllerContext } from '../runtime/controller.ts';
import { watchSelf } from '../runtime/watch.ts';

const signers = new Set([
  'kubernetes.io/kube-apiserver-client',
  'kubernetes.io/kube-apiserver-client-kubelet',
  'kubernetes.io/kubelet-serving',
  'kubernetes.io/legacy-unknown',
]);

/** Has approved requests signed by whoever holds the cluster's key. */
export function requestSigner(
  { client, caches, clock }: ControllerContext,
  sign: CertificateSigner,
): Controller {
  const requests = caches.of(refs.certificateSigningRequests);
  return {
    name: 'csrsigning',
    workers: 5,
    watches: [watchSelf(requests, isWaiting)],
    async reconcile(key) {
      const request = requests.get(key);
      if (!request || !isWaiting(request)) return;
      const outcome = await sign(request);
      const status = { ...request.status };
      if ('certificatePem' in outcome) {
        status.certificate = encodeBase64(new TextEncoder().encode(outcome.certificatePem));
      } else {
        const now = rfc3339(clock.now());
        const failed = {
          type: 'Failed',
          status: 'True',
          reason: 'SignerValidationFailure',
          message: outcome.failed,
          lastUpdateTime: now,
          lastTransitionTime: now,
        };
        status.conditions = [...(status.conditions ?? []), failed];
      }
      await client.updateStatus(refs.certificateSigningRequests, { ...request, status });
    },
  };
}

function isWaiting({ spec, status }: CertificateSigningRequest): boolean {
  const has = (type: string) => findCondition(status?.conditions, type) !== undefined;
  return (
    signers.has(spec.signerName) &&
    has('Approved') &&
    !has('Denied') &&
    !has('Failed') &&
    !status?.certificate
  );
}
