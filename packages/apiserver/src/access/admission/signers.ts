// Who may approve, sign or vouch for what a signer does: a right to that signer is wanted, beside the one to the object.
import type {
  CertificateSigningRequest,
  CertificatesV1beta1ClusterTrustBundle as ClusterTrustBundle,
  UserInfo,
} from '@kubets/api';
import { requestSubject, sameValue } from '@kubets/resources';
import type { AdmissionPlugin, Authorizer } from '../../access.ts';
import { isAllowed } from '../../filters/authorization.ts';
import { concerns } from './concerns.ts';
import { refusal } from './refusal.ts';

const group = 'certificates.k8s.io';

export function certificateApproval(authorizers: readonly Authorizer[]): AdmissionPlugin {
  return {
    name: 'CertificateApproval',
    handles: concerns({
      operations: ['UPDATE'],
      group,
      resource: 'certificatesigningrequests',
      subresources: ['approval'],
    }),
    async validate(request) {
      const { signerName } = (request.old as CertificateSigningRequest).spec;
      if (!(await mayUseSigner(authorizers, request.user, 'approve', signerName)))
        throw refusal(request, `user not permitted to approve requests with signerName "${signerName}"`);
    },
  };
}

export function certificateSigning(authorizers: readonly Authorizer[]): AdmissionPlugin {
  return {
    name: 'CertificateSigning',
    handles: concerns({
      operations: ['UPDATE'],
      group,
      resource: 'certificatesigningrequests',
      subresources: ['status'],
    }),
    async validate(request) {
      const { status: before, spec }: CertificateSigningRequest = request.old;
      const { status }: CertificateSigningRequest = request.object;
      const isSame =
        (before?.certificate ?? '') === (status?.certificate ?? '') &&
        sameValue(
          { conditions: before?.conditions },
          { conditions: status?.conditions },
          'certificates.v1.CertificateSigningRequestStatus',
        );
      if (isSame) return;
      if (!(await mayUseSigner(authorizers, request.user, 'sign', spec.signerName)))
        throw refusal(request, `user not permitted to sign requests with signerName "${spec.signerName}"`);
    },
  };
}

const clientSigner = 'kubernetes.io/kube-apiserver-client';

/** Nobody becomes an administrator by a certificate that the cluster signs. */
export const certificateSubjectRestriction: AdmissionPlugin = {
  name: 'CertificateSubjectRestriction',
  handles: concerns({ operations: ['CREATE'], group, resource: 'certificatesigningrequests' }),
  validate(request) {
    const { spec }: CertificateSigningRequest = request.object;
    if (spec.signerName !== clientSigner) return;
    // What is no request has been refused by the rules of the kind.
    if (requestSubject(spec.request)?.organizations.includes('system:masters'))
      throw refusal(request, `use of ${clientSigner} signer with system:masters group is not allowed`);
  },
};

export function clusterTrustBundleAttest(authorizers: readonly Authorizer[]): AdmissionPlugin {
  return {
    name: 'ClusterTrustBundleAttest',
    handles: ({ operation, group: of, resource }) =>
      (operation === 'CREATE' || operation === 'UPDATE') &&
      of === group &&
      resource === 'clustertrustbundles',
    async validate(request) {
      const { signerName } = (request.object as ClusterTrustBundle).spec;
      if (!signerName) return;
      if (request.operation === 'UPDATE' && changesOwnershipOnly(request.object, request.old)) return;
      if (!(await mayUseSigner(authorizers, request.user, 'attest', signerName)))
        throw refusal(request, `user not permitted to attest for signerName "${signerName}"`);
    },
  };
}

/** The garbage collector's changes are let through: they say nothing of what is trusted. */
function changesOwnershipOnly(next: ClusterTrustBundle, old: ClusterTrustBundle): boolean {
  const { ownerReferences, finalizers, managedFields } = old.metadata;
  const same = { ...next, metadata: { ...next.metadata, ownerReferences, finalizers, managedFields } };
  return sameValue(same, old, 'certificates.v1beta1.ClusterTrustBundle');
}

/** By the signer's name or by all of its domain: `example.com/*`. */
async function mayUseSigner(
  authorizers: readonly Authorizer[],
  user: UserInfo,
  verb: string,
  signerName: string,
): Promise<boolean> {
  for (const name of [signerName, `${signerName.split('/')[0]}/*`]) {
    const { allowed } = await isAllowed(authorizers, {
      user,
      verb,
      group,
      version: '*',
      resource: 'signers',
      subresource: '',
      namespace: '',
      name,
      path: '',
      isResourceRequest: true,
    });
    if (allowed) return true;
  }
  return false;
}
