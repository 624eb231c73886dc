import { type CertificateSigningRequest, type FieldError, invalidValue, required } from '@kubets/api';
import { define, keepSystemFields, metadataForStatus } from '../define.ts';
import { sameValue } from '../rules/equality.ts';
import { immutableText } from '../rules/labels.ts';
import { nameIsPathSegment } from '../rules/names.ts';
import { humanDuration } from '../table/age.ts';
import { ageColumn, nameColumn, textColumn } from '../table/columns.ts';

type Request = CertificateSigningRequest;

export const certificateSigningRequest = define<Request>({
  id: {
    group: 'certificates.k8s.io',
    version: 'v1',
    resource: 'certificatesigningrequests',
    kind: 'CertificateSigningRequest',
    shortNames: ['csr'],
  },
  scope: 'Cluster',
  validateName: nameIsPathSegment,
  selectableFields: { 'spec.signerName': ({ spec }) => spec.signerName },
  columns: [
    nameColumn,
    ageColumn,
    textColumn<Request>('SignerName', 'Who is asked to sign.', ({ spec }) => spec.signerName),
    textColumn<Request>('Requestor', 'Who asks.', ({ spec }) => spec.username),
    textColumn<Request>('RequestedDuration', 'For how long.', ({ spec }) =>
      spec.expirationSeconds === undefined ? '<none>' : humanDuration(spec.expirationSeconds * 1000),
    ),
    textColumn<Request>('Condition', 'What has come of it.', conditionText),
  ],
  status: {
    metadata: 'keep',
    // Decisions come through `/approval`; a signer adds only the certificate and failures.
    prepare(next, old) {
      const decided = (request: Request) =>
        (request.status?.conditions ?? []).filter(({ type }) => type === 'Approved' || type === 'Denied');
      const failures = (next.status?.conditions ?? []).filter(
        ({ type }) => type !== 'Approved' && type !== 'Denied',
      );
      const conditions = [...decided(old), ...failures];
      next.status = { ...next.status, ...(conditions.length > 0 && { conditions }) };
    },
  },
  subresources: [
    {
      name: 'approval',
      verbs: ['get', 'patch', 'update'],
      prepareUpdate(next, old) {
        keepSystemFields(next, old);
        const conditions = next.status?.conditions;
        return {
          ...next,
          metadata: metadataForStatus(next, old, 'keep'),
          spec: old.spec,
          status: { ...old.status, ...(conditions && { conditions }) },
        };
      },
      validateUpdate: (next) => validateDecision(next),
    },
  ],
  validate({ spec }) {
    const problems: FieldError[] = [];
    if (!spec.request) problems.push(required('spec.request', ''));
    else if (!/^-----BEGIN CERTIFICATE REQUEST-----/.test(decoded(spec.request))) {
      problems.push(invalidValue('spec.request', spec.request, 'PEM block type must be CERTIFICATE REQUEST'));
    }
    if ((spec.usages?.length ?? 0) === 0) problems.push(required('spec.usages', 'usages must be provided'));
    if (!spec.signerName) problems.push(required('spec.signerName', ''));
    else if (!/^[a-z0-9.-]+\.[a-z0-9.-]+\/\S+$/.test(spec.signerName)) {
      problems.push(
        invalidValue(
          'spec.signerName',
          spec.signerName,
          'must be a fully qualified domain and path of the form "example.com/signer-name"',
        ),
      );
    }
    if (spec.expirationSeconds !== undefined && spec.expirationSeconds < 600) {
      problems.push(
        invalidValue(
          'spec.expirationSeconds',
          spec.expirationSeconds,
          'may not specify a duration less than 600 seconds (10 minutes)',
        ),
      );
    }
    return problems;
  },
  validateUpdate: (next, old) =>
    sameValue(next.spec, old.spec) ? [] : [invalidValue('spec', next.spec, immutableText)],
});

function validateDecision(next: Request): FieldError[] {
  const types = (next.status?.conditions ?? []).map(({ type }) => type);
  return types.includes('Approved') && types.includes('Denied')
    ? [invalidValue('status.conditions', types, 'Approved and Denied conditions are mutually exclusive')]
    : [];
}

function conditionText({ status }: Request): string {
  const types = (status?.conditions ?? []).map(({ type }) => type);
  const shown = ['Approved', 'Denied', 'Failed'].filter((type) => types.includes(type));
  if (shown.length === 0) return 'Pending';
  return [...shown, ...(status?.certificate ? ['Issued'] : [])].join(',');
}

function decoded(base64: string): string {
  try {
    return atob(base64);
  } catch {
    return '';
  }
}
