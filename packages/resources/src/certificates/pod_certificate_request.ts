// A kubelet's request for a certificate in the name of a pod (KEP-4317).
import {
  decodeBase64,
  type FieldError,
  invalidValue,
  type PodCertificateRequest,
  tooLong,
} from '@kubets/api';
import { define, kindsOf } from '../define.ts';
import { sameField } from '../rules/equality.ts';
import { immutableText, validateAnnotations, validateLabelName } from '../rules/labels.ts';
import { dns1123Subdomain } from '../rules/names.ts';
import { notActedOn } from '../rules/not_acted_on.ts';
import { formatLabels, nameColumn, textColumn, wide } from '../table/columns.ts';
import { isCertificationRequest, isPublicKey } from './certificate.ts';
import { validateSignerName } from './signer_name.ts';
import { invalidWhole, validateRequestStatus } from './validate_request_status.ts';

type Request = PodCertificateRequest;
type Spec = Request['spec'];
const type = 'certificates.v1beta1.PodCertificateRequest';
const hour = 3600;
const maxBytes = 10 * 1024;
const empty = new Uint8Array();

export const podCertificateRequest = define<Request>({
  id: kindsOf('certificates.k8s.io', 'v1beta1')('podcertificaterequests', 'PodCertificateRequest'),
  featureGate: 'PodCertificateRequest',
  scope: 'Namespaced',
  allowUnconditionalUpdate: false,
  selectableFields: {
    'spec.signerName': ({ spec }) => spec.signerName ?? '',
    'spec.podName': ({ spec }) => spec.podName ?? '',
    'spec.nodeName': ({ spec }) => spec.nodeName ?? '',
  },
  columns: [
    nameColumn,
    textColumn<Request>('PodName', 'The pod it is for.', ({ spec }) => spec.podName),
    textColumn<Request>('ServiceAccountName', 'Whom the pod acts as.', ({ spec }) => spec.serviceAccountName),
    textColumn<Request>('NodeName', 'Where the pod runs.', ({ spec }) => spec.nodeName),
    textColumn<Request>('SignerName', 'Who is asked to sign.', ({ spec }) => spec.signerName),
    textColumn<Request>('State', 'Whether it is pending, issued, denied or failed.', stateText),
    wide(
      textColumn<Request>('UnverifiedUserAnnotations', 'What the pod says to the signer.', ({ spec }) =>
        formatLabels(spec.unverifiedUserAnnotations),
      ),
    ),
  ],
  defaults({ spec }) {
    spec.maxExpirationSeconds ??= 24 * hour;
  },
  warnings: notActedOn('the proof that the requester has the key is not verified, and no signer runs'),
  validate: ({ spec }, old) => (old ? [] : validateSpec(spec)),
  validateUpdate: (next, old) =>
    sameField(next, old, 'spec', type) ? [] : [invalidValue('spec', next.spec, immutableText)],
  status: { metadata: 'keep', validate: validateRequestStatus },
});

function validateSpec(spec: Spec): FieldError[] {
  const { signerName, unverifiedUserAnnotations: annotations } = spec;
  return [
    ...validateSignerName(signerName, 'spec.signerName'),
    ...(annotations ? validateUserAnnotations(annotations, 'spec.unverifiedUserAnnotations') : []),
    ...(['pod', 'serviceAccount', 'node'] as const).flatMap((owner) => [
      ...validateOwnerName(spec[`${owner}Name`], `spec.${owner}Name`),
      ...validateUid(spec[`${owner}UID`], `spec.${owner}UID`),
    ]),
    ...validateExpiration(spec),
    ...validateKey(spec),
  ];
}

function validateUserAnnotations(annotations: Record<string, string>, path: string): FieldError[] {
  const keys = Object.keys(annotations).flatMap((given) => {
    const key = given.toLowerCase();
    const errors = validateLabelName(key, path);
    if (errors.length || key.includes('/')) return errors;
    return [invalidValue(path, key, 'must be a domain-prefixed key (such as "acme.io/foo")')];
  });
  const sizes = validateAnnotations(annotations, path).filter(({ reason }) => reason === 'FieldValueTooLong');
  return [...keys, ...sizes];
}

function validateOwnerName(name = '', path: string): FieldError[] {
  return dns1123Subdomain(name).map((message) => invalidValue(path, name, message));
}

function validateUid(uid = '', path: string): FieldError[] {
  if (uid === '') return [invalidValue(path, uid, 'must not be empty')];
  return uid.length > 128 ? [tooLong(path, undefined, 128)] : [];
}

function validateExpiration({
  signerName = '',
  maxExpirationSeconds: seconds = 24 * hour,
}: Spec): FieldError[] {
  // Signers of Kubernetes itself give no more than a day, others 91.
  const most = signerName.startsWith('kubernetes.io/') ? 24 * hour : 91 * 24 * hour;
  if (seconds >= hour && seconds <= most) return [];
  return [invalidValue('spec.maxExpirationSeconds', seconds, `must be in the range [${hour}, ${most}]`)];
}

function validateKey({
  stubPKCS10Request: csr,
  pkixPublicKey: key,
  proofOfPossession: proof,
}: Spec): FieldError[] {
  if (csr ? key || proof : !(key && proof))
    return [
      invalidWhole(
        'spec',
        'exactly one of (stubPKCS10Request) or (pkixPublicKey, proofOfPossession) must be set',
      ),
    ];
  const [form, own, of, message] = csr
    ? (['stubPKCS10Request', csr, isCertificationRequest, 'must be a valid PKCS#10 CSR'] as const)
    : (['pkixPublicKey', key!, isPublicKey, 'must be a valid PKIX-serialized public key'] as const);
  const bytes = decodeBase64(own) ?? empty;
  if (bytes.length > maxBytes) return [tooLong(`spec.${form}`, undefined, maxBytes)];
  if (proof && (decodeBase64(proof) ?? empty).length > maxBytes)
    return [tooLong('spec.proofOfPossession', undefined, maxBytes)];
  if (of(bytes)) return [];
  return [csr ? invalidWhole(`spec.${form}`, message) : invalidValue(`spec.${form}`, own, message)];
}

function stateText({ status }: Request): string {
  const final = status?.conditions?.filter(({ type: of }) => ['Issued', 'Denied', 'Failed'].includes(of));
  return final?.at(-1)?.type ?? 'Pending';
}
