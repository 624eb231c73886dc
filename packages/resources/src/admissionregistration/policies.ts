import type { MutatingAdmissionPolicy, ValidatingAdmissionPolicy } from '@kubets/api';
import { type Definition, define } from '../define.ts';
import { columnsOf, countColumn, textColumn } from '../table/columns.ts';
import { admissionKind, earlierVersions, warnOfAdmission } from './admission_kinds.ts';
import { defaultMatchResources } from './match_rules.ts';
import {
  validateMutatingPolicy,
  validatePolicyStatus,
  validateValidatingPolicy,
} from './validate_policies.ts';

type Policy = MutatingAdmissionPolicy | ValidatingAdmissionPolicy;

const common = {
  scope: 'Cluster',
  allowUnconditionalUpdate: false,
  generation: 'spec',
  warnings: warnOfAdmission,
  defaults({ spec = {} }) {
    spec.failurePolicy ??= 'Fail';
    defaultMatchResources(spec.matchConstraints);
  },
} satisfies Partial<Definition<Policy>>;

const paramKindColumn = textColumn<any>(
  'ParamKind',
  'The kind of object from which it takes parameters.',
  ({ spec }: Policy) =>
    spec?.paramKind ? `${spec.paramKind.apiVersion ?? ''}/${spec.paramKind.kind ?? ''}` : '<unset>',
);

export const validatingAdmissionPolicy = define<ValidatingAdmissionPolicy>({
  ...common,
  id: admissionKind('validatingadmissionpolicies', 'ValidatingAdmissionPolicy'),
  columns: columnsOf<ValidatingAdmissionPolicy>(
    countColumn('Validations', 'How many validations it makes.', ({ spec }) => spec?.validations?.length),
    paramKindColumn,
  ),
  validate: validateValidatingPolicy,
  status: { metadata: 'keep', validate: ({ status }) => validatePolicyStatus(status) },
});

export const mutatingAdmissionPolicy = define<MutatingAdmissionPolicy>({
  ...common,
  id: admissionKind('mutatingadmissionpolicies', 'MutatingAdmissionPolicy'),
  upstreamStorageVersion: 'v1beta1',
  otherVersions: earlierVersions('MutatingAdmissionPolicy'),
  columns: columnsOf<MutatingAdmissionPolicy>(
    countColumn('Mutations', 'How many mutations it makes.', ({ spec }) => spec?.mutations?.length),
    paramKindColumn,
  ),
  validate: validateMutatingPolicy,
});
