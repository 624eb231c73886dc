// A request for a pod's certificate ends once: issued, denied or failed.
import {
  type FieldError,
  invalidValue,
  notSupported,
  type PodCertificateRequest,
  required,
  tooLong,
} from '@kubets/api';
import { validateConditions } from '../rules/conditions.ts';
import { sameValue } from '../rules/equality.ts';
import { byteLength } from '../rules/labels.ts';
import { pemBlocksIn } from './pem.ts';

type Status = NonNullable<PodCertificateRequest['status']>;
const statusType = 'certificates.v1beta1.PodCertificateRequestStatus';
const ends = ['Denied', 'Failed', 'Issued'];
const maxChainBytes = 100 * 1024;
const chainPath = 'status.certificateChain';

export function validateRequestStatus(
  { status = {} }: PodCertificateRequest,
  { status: before = {} }: PodCertificateRequest,
): FieldError[] {
  const { conditions = [] } = status;
  const errors = [
    ...conditions.flatMap((condition, i) => validateEnd(condition, conditions.slice(0, i), i)),
    ...validateConditions(conditions, 'status.conditions'),
  ];
  if (errors.length) return errors;
  const unless = (allowed: boolean, detail: string) => (allowed ? [] : [invalidWhole('status', detail)]);
  if (hasEnded(before))
    return unless(
      sameValue(status, before, statusType),
      'immutable after PodCertificateRequest is issued, denied, or failed',
    );
  if (hasEnded(status, 'Denied', 'Failed'))
    return unless(
      sameValue(status, { conditions }, statusType),
      'non-condition status fields must be empty when denying or failing the PodCertificateRequest',
    );
  if (hasEnded(status, 'Issued')) return validateIssued(status);
  return unless(
    sameValue(status, before, statusType),
    'status is immutable unless transitioning to "Issued", "Denied", or "Failed"',
  );
}

/** About a whole object, which the message does not show. */
export function invalidWhole(field: string, detail: string): FieldError {
  return { field, reason: 'FieldValueInvalid', message: `Invalid value: ${detail}` };
}

type Conditions = NonNullable<Status['conditions']>;

function validateEnd({ type, status }: Conditions[number], earlier: Conditions, i: number): FieldError[] {
  // Upstream writes the index as a name.
  const path = `status.conditions.[${i}]`;
  if (!ends.includes(type)) return [notSupported(`${path}.type`, type, ends)];
  const errors: FieldError[] = [];
  if (earlier.some((each) => ends.includes(each.type)))
    errors.push(
      invalidValue(
        `${path}.type`,
        type,
        'There may be at most one condition with type "Issued", "Denied", or "Failed"',
      ),
    );
  if (status !== 'True') errors.push(notSupported(`${path}.status`, status, ['True']));
  return errors;
}

function hasEnded({ conditions = [] }: Status, ...types: string[]): boolean {
  const among = types.length ? types : ends;
  return conditions.some(({ type, status }) => among.includes(type) && status === 'True');
}

function validateIssued(status: Status): FieldError[] {
  const { certificateChain: chain = '', notBefore, notAfter, beginRefreshAt } = status;
  if (byteLength(chain) > maxChainBytes) return [tooLong(chainPath, undefined, maxChainBytes)];
  const blocks = pemBlocksIn(chain);
  if (blocks.length === 0)
    return [invalidValue(chainPath, chain, 'issued certificate chain must contain at least one certificate')];
  if (blocks.some(({ type }) => type !== 'CERTIFICATE'))
    return [
      invalidValue(
        chainPath,
        chain,
        'issued certificate chain must consist entirely of CERTIFICATE PEM blocks',
      ),
    ];
  const consistent = 'must be present and consistent with the issued certificate';
  const missing = [
    ...(notBefore ? [] : [required('status.notBefore', consistent)]),
    ...(notAfter ? [] : [required('status.notAfter', consistent)]),
    ...(beginRefreshAt
      ? []
      : [
          required(
            'status.beginRefreshAt',
            'must be present and in the range [notbefore+10min, notafter-10min]',
          ),
        ]),
  ];
  return missing.length ? missing : validateRefresh(notBefore!, notAfter!, beginRefreshAt!);
}

const tenMinutesMs = 600_000;

function validateRefresh(notBefore: string, notAfter: string, refresh: string): FieldError[] {
  const path = 'status.beginRefreshAt';
  const at = Date.parse(refresh);
  if (at < Date.parse(notBefore) + tenMinutesMs)
    return [invalidValue(path, refresh, 'must be at least 10 minutes after status.notBefore')];
  if (at > Date.parse(notAfter) - tenMinutesMs)
    return [invalidValue(path, refresh, 'must be at least 10 minutes before status.notAfter')];
  return [];
}
