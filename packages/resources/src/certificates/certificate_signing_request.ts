import type { CertificateSigningRequest, CertificateSigningRequestCondition } from '@kubets/api';
import { rfc3339 } from '@kubets/base';
import { define, keepSystemFields, kindsOf } from '../define.ts';
import type { StrategyContext } from '../resource.ts';
import { nameIsPathSegment } from '../rules/names.ts';
import { validateObjectMetaUpdate } from '../rules/object_meta.ts';
import { humanDuration } from '../table/age.ts';
import { ageColumn, nameColumn, textColumn } from '../table/columns.ts';
import {
  conditionsOf,
  validateSigningRequest,
  validateSigningRequestUpdate,
} from './validate_signing_request.ts';

type Request = CertificateSigningRequest;

export const certificateSigningRequest = define<Request>({
  id: kindsOf('certificates.k8s.io', 'v1')('certificatesigningrequests', 'CertificateSigningRequest', {
    shortNames: ['csr'],
  }),
  scope: 'Cluster',
  validateName: nameIsPathSegment,
  selectableFields: { 'spec.signerName': ({ spec }) => spec?.signerName ?? '' },
  columns: [
    nameColumn,
    ageColumn,
    textColumn<Request>('SignerName', 'Who is asked to sign.', ({ spec }) => spec?.signerName || '<none>'),
    textColumn<Request>('Requestor', 'The user who asked.', ({ spec }) => spec?.username),
    textColumn<Request>('RequestedDuration', 'How long the certificate shall be valid.', ({ spec }) =>
      spec?.expirationSeconds === undefined ? '<none>' : humanDuration(spec.expirationSeconds * 1000),
    ),
    textColumn<Request>('Condition', 'What has come of the request.', conditionText),
  ],
  prepareCreate({ spec }, { user }) {
    // Who asks is for the server to say.
    const { username, uid, groups, extra } = structuredClone(user ?? {});
    for (const [field, value] of Object.entries({ username, uid, groups, extra })) {
      if (value && Object.keys(value).length > 0) Object.assign(spec, { [field]: value });
      else delete spec[field as keyof typeof spec];
    }
  },
  prepareUpdate(next, old) {
    next.spec = old.spec;
  },
  validate: validateSigningRequest,
  validateUpdate: (next, old) => validateSigningRequestUpdate(next, old, {}),
  status: {
    prepare(next, old, context) {
      const status = { ...next.status };
      if (status.conditions) {
        // Decisions are made through /approval: who writes the status need not repeat them exactly.
        let { conditions } = status;
        for (const type of ['Approved', 'Denied']) {
          const decided = conditionsOf(old, type);
          if (decided.length !== conditionsOf(next, type).length) continue;
          let at = 0;
          conditions = conditions.map((condition) => (condition.type === type ? decided[at++]! : condition));
        }
        status.conditions = withTimes(conditions, old, context);
      }
      next.status = status;
    },
    validate: (next, old) => [
      ...validateSigningRequest(next, old),
      ...validateSigningRequestUpdate(next, old, { certificate: true }),
    ],
  },
  subresources: [
    {
      name: 'approval',
      withoutTable: true,
      verbs: ['get', 'patch', 'update'],
      prepareUpdate(next, old, context) {
        keepSystemFields(next, old);
        const { conditions: _, ...status } = old.status ?? {};
        const conditions = next.status?.conditions;
        return {
          ...next,
          spec: old.spec,
          status: { ...status, ...(conditions && { conditions: withTimes(conditions, old, context) }) },
        };
      },
      validateUpdate: (next, old) => [
        ...validateSigningRequest(next, old),
        ...validateSigningRequestUpdate(next, old, { approval: true }),
        ...validateObjectMetaUpdate(next.metadata, old.metadata),
      ],
    },
  ],
});

/** Fills times that were left open: of the last change, what is known of it. */
function withTimes(
  conditions: CertificateSigningRequestCondition[],
  old: Request,
  { clock }: StrategyContext,
): CertificateSigningRequestCondition[] {
  const now = rfc3339(clock.now());
  return conditions.map((condition) => {
    const known = conditionsOf(old, condition.type).find(
      ({ status, lastTransitionTime }) => status === condition.status && lastTransitionTime,
    );
    return {
      ...condition,
      lastUpdateTime: condition.lastUpdateTime || now,
      lastTransitionTime: condition.lastTransitionTime || known?.lastTransitionTime || now,
    };
  });
}

function conditionText({ status }: Request): string {
  const has = (type: string) => status?.conditions?.some((condition) => condition.type === type);
  const decision = has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending';
  return `${decision}${has('Failed') ? ',Failed' : ''}${status?.certificate ? ',Issued' : ''}`;
}
