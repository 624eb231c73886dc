import {
  type CertificateSigningRequest,
  type CertificateSigningRequestCondition,
  duplicate,
  type FieldError,
  forbiddenField,
  invalidValue,
  notSupported,
  required,
} from '@kubets/api';
import { sameValue } from '../rules/equality.ts';
import { pemBlocks } from './pem.ts';
import { validateSignerName } from './signer_name.ts';

type Request = CertificateSigningRequest;

/** What the part of the object that is being updated may change. */
export interface Permissions {
  approval?: boolean;
  certificate?: boolean;
}

const legacySigner = 'kubernetes.io/legacy-unknown';
const onlyTrue = ['Approved', 'Denied', 'Failed'];

// Sorted, as messages list them.
const usages = [
  'any',
  'cert sign',
  'client auth',
  'code signing',
  'content commitment',
  'crl sign',
  'data encipherment',
  'decipher only',
  'digital signature',
  'email protection',
  'encipher only',
  'ipsec end system',
  'ipsec tunnel',
  'ipsec user',
  'key agreement',
  'key encipherment',
  'microsoft sgc',
  'netscape sgc',
  'ocsp signing',
  's/mime',
  'server auth',
  'signing',
  'timestamping',
];

/** What an old object got away with, a changed one may keep. */
export function validateSigningRequest(request: Request, old?: Request): FieldError[] {
  const { spec, status } = request;
  const errors: FieldError[] = [];
  if (pemBlocks(spec.request)[0]?.type !== 'CERTIFICATE REQUEST')
    errors.push(
      invalidValue('spec.request', spec.request ?? null, 'PEM block type must be CERTIFICATE REQUEST'),
    );
  errors.push(...validateUsages(spec.usages ?? [], old?.spec.usages));
  if (spec.signerName !== legacySigner)
    errors.push(...validateSignerName(spec.signerName, 'spec.signerName'));
  else if (old?.spec.signerName !== legacySigner)
    errors.push(
      invalidValue(
        'spec.signerName',
        spec.signerName,
        'the legacy signerName is not allowed via this API version',
      ),
    );
  if (spec.expirationSeconds !== undefined && spec.expirationSeconds < 600)
    errors.push(
      invalidValue(
        'spec.expirationSeconds',
        spec.expirationSeconds,
        'may not specify a duration less than 600 seconds (10 minutes)',
      ),
    );
  errors.push(...validateConditions(status?.conditions ?? [], old?.status?.conditions));
  const fault = certificateFault(status?.certificate);
  const oldCertificate = old?.status?.certificate;
  const excused = old && (status?.certificate === oldCertificate || certificateFault(oldCertificate));
  if (fault && !excused) errors.push(invalidValue('status.certificate', '<certificate data>', fault));
  return errors;
}

export function validateSigningRequestUpdate(next: Request, old: Request, may: Permissions): FieldError[] {
  const errors: FieldError[] = [];
  const refuse = (field: string, detail: string) => errors.push(forbiddenField(`status.${field}`, detail));
  for (const type of onlyTrue) {
    const [before, after] = [conditionsOf(old, type), conditionsOf(next, type)];
    if (after.length < before.length)
      refuse('conditions', `updates may not remove a condition of type "${type}"`);
    if (may.approval || type === 'Failed' || after.length < before.length) continue;
    if (after.length > before.length)
      refuse('conditions', `updates may not add a condition of type "${type}"`);
    else if (!sameValue(before, after))
      refuse('conditions', `updates may not modify a condition of type "${type}"`);
  }
  const [before, after] = [old.status?.certificate ?? '', next.status?.certificate ?? ''];
  if (after !== before) {
    if (!may.certificate) refuse('certificate', 'updates may not set certificate content');
    else if (before) refuse('certificate', 'updates may not modify existing certificate content');
  }
  return errors;
}

export function conditionsOf({ status }: Request, type: string): CertificateSigningRequestCondition[] {
  return (status?.conditions ?? []).filter((condition) => condition.type === type);
}

function validateUsages(list: string[], old: string[] | undefined): FieldError[] {
  const errors = list.length === 0 ? [required('spec.usages')] : [];
  const known = (usage: string) => usages.includes(usage);
  if (!old || old.every(known))
    list.forEach((usage, i) => {
      if (!known(usage)) errors.push(notSupported(`spec.usages[${i}]`, usage, usages));
    });
  if (old && new Set(old).size < old.length) return errors;
  list.forEach((usage, i) => {
    if (list.indexOf(usage) < i) errors.push(duplicate(`spec.usages[${i}]`, usage));
  });
  return errors;
}

function validateConditions(
  conditions: CertificateSigningRequestCondition[],
  old: CertificateSigningRequestCondition[] = [],
): FieldError[] {
  const path = 'status.conditions';
  const errors: FieldError[] = [];
  const oldTypes = old.map(({ type }) => type ?? '');
  const bothBefore = oldTypes.includes('Approved') && oldTypes.includes('Denied');
  const repeatedBefore = new Set(oldTypes).size < oldTypes.length;
  const seen = new Set<string>();
  conditions.forEach(({ type = '', status = '' }, i) => {
    if (!type && !oldTypes.includes('')) errors.push(required(`${path}[${i}].type`));
    const allowed = onlyTrue.includes(type) ? ['True'] : ['False', 'True', 'Unknown'];
    if (!status) errors.push(required(`${path}[${i}].status`));
    else if (!allowed.includes(status)) errors.push(notSupported(`${path}[${i}].status`, status, allowed));
    const opposite = type === 'Approved' ? 'Denied' : type === 'Denied' ? 'Approved' : undefined;
    if (!bothBefore && opposite && seen.has(opposite))
      errors.push(invalidValue(path, type, 'Approved and Denied conditions are mutually exclusive'));
    if (!repeatedBefore && seen.has(type)) errors.push(duplicate(`${path}[${i}].type`, type));
    seen.add(type);
  });
  return errors;
}

function certificateFault(certificate: string | undefined): string | undefined {
  if (!certificate) return undefined;
  const blocks = pemBlocks(certificate);
  const other = blocks.find(({ type }) => type !== 'CERTIFICATE');
  if (other) return `only CERTIFICATE PEM blocks are allowed, found ${JSON.stringify(other.type)}`;
  if (blocks.some(({ headers }) => headers)) return 'no PEM block headers are permitted';
  return blocks.length === 0 ? 'must contain at least one CERTIFICATE PEM block' : undefined;
}
