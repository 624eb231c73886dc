import type { CertificateSigningRequest, SubjectAccessReview } from '@kubets/api';
import { rfc3339 } from '@kubets/base';
import { refs } from '@kubets/client';
import type { Controller, ControllerContext } from '../runtime/controller.ts';
import { watchSelf } from '../runtime/watch.ts';
import { parseRequest } from './parse_request.ts';

const kubeletClient = 'kubernetes.io/kube-apiserver-client-kubelet';

export function isDecided({ status }: CertificateSigningRequest): boolean {
  return (status?.conditions ?? []).some(({ type }) => type === 'Approved' || type === 'Denied');
}

/** Approves client certificates of kubelets, for callers who may ask for them (RBAC on a virtual subresource). */
export function requestApprover({ client, caches, clock }: ControllerContext): Controller {
  const requests = caches.of(refs.certificateSigningRequests);
  return {
    name: 'csrapproving',
    workers: 5,
    watches: [watchSelf(requests, (request) => !isDecided(request))],
    async reconcile(key) {
      const request = requests.get(key);
      if (!request || isDecided(request) || request.status?.certificate) return;
      for (const kind of recognize(request)) {
        if (!(await mayAsk(request, kind.permission))) continue;
        const now = rfc3339(clock.now());
        const condition = {
          type: 'Approved',
          status: 'True',
          reason: 'AutoApproved',
          message: kind.message,
          lastUpdateTime: now,
          lastTransitionTime: now,
        };
        const conditions = [...(request.status?.conditions ?? []), condition];
        await client.updateSubresource(refs.certificateSigningRequests, key, undefined, 'approval', {
          ...request,
          status: { ...request.status, conditions },
        });
        return;
      }
    },
  };

  async function mayAsk({ spec }: CertificateSigningRequest, subresource: string): Promise<boolean> {
    const { group, resource } = refs.certificateSigningRequests;
    const review = await client.request<SubjectAccessReview>(
      'POST',
      '/apis/authorization.k8s.io/v1/subjectaccessreviews',
      {
        body: {
          apiVersion: 'authorization.k8s.io/v1',
          kind: 'SubjectAccessReview',
          spec: {
            user: spec.username,
            uid: spec.uid,
            groups: spec.groups,
            extra: spec.extra,
            resourceAttributes: { group, resource, verb: 'create', version: '*', subresource },
          },
        },
      },
    );
    return review.status?.allowed ?? false;
  }
}

/** As which kinds of request it may be approved, the more special first. */
export function recognize(request: CertificateSigningRequest): { permission: string; message: string }[] {
  const { spec } = request;
  if (spec.signerName !== kubeletClient || !hasClientUsages(spec.usages ?? [])) return [];
  const asked = parseRequest(spec.request);
  if (!asked || asked.hasAlternativeNames || !asked.commonName.startsWith('system:node:')) return [];
  if (asked.organizations.length !== 1 || asked.organizations[0] !== 'system:nodes') return [];
  const node = {
    permission: 'nodeclient',
    message: 'Auto approving kubelet client certificate after SubjectAccessReview.',
  };
  if (asked.commonName !== spec.username) return [node];
  const self = {
    permission: 'selfnodeclient',
    message: 'Auto approving self kubelet client certificate after SubjectAccessReview.',
  };
  return [self, node];
}

/** RSA keys may encipher keys too; other keys can't. */
function hasClientUsages(usages: readonly string[]): boolean {
  const text = [...usages].sort().join();
  return (
    text === 'client auth,digital signature' || text === 'client auth,digital signature,key encipherment'
  );
}
