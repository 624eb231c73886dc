import {
  type FieldError,
  type MatchResources,
  type MutatingAdmissionPolicy,
  type MutatingAdmissionPolicyBinding,
  notSupported,
  required,
  type ValidatingAdmissionPolicy,
  type ValidatingAdmissionPolicyBinding,
} from '@kubets/api';
import { define } from '../define.ts';
import { columnsOf, countColumn, textColumn } from '../table/columns.ts';
import { validateRule } from './webhooks.ts';

const group = 'admissionregistration.k8s.io';
const categories = ['api-extensions'];
type Policy = MutatingAdmissionPolicy | ValidatingAdmissionPolicy;
type Binding = MutatingAdmissionPolicyBinding | ValidatingAdmissionPolicyBinding;

const paramKindOf = ({ spec }: Policy) =>
  spec?.paramKind ? `${spec.paramKind.apiVersion}/${spec.paramKind.kind}` : '<unset>';

export const validatingAdmissionPolicy = define<ValidatingAdmissionPolicy>({
  id: {
    group,
    version: 'v1',
    resource: 'validatingadmissionpolicies',
    kind: 'ValidatingAdmissionPolicy',
    categories,
  },
  scope: 'Cluster',
  generation: 'spec',
  status: {},
  columns: columnsOf<ValidatingAdmissionPolicy>(
    countColumn('Validations', 'How many rules it has.', ({ spec }) => spec?.validations?.length),
    textColumn('ParamKind', 'The kind of its parameters.', paramKindOf),
  ),
  defaults: ({ spec }) => defaultPolicy(spec),
  validate({ spec }) {
    const nothing = (spec.validations?.length ?? 0) === 0 && (spec.auditAnnotations?.length ?? 0) === 0;
    return [
      ...validatePolicy(spec),
      ...(nothing
        ? [required('spec.validations', 'validations or auditAnnotations must contain at least one item')]
        : []),
      ...(spec.validations ?? []).flatMap((validation, index) =>
        validation.expression?.trim()
          ? []
          : [required(`spec.validations[${index}].expression`, 'expression is not specified')],
      ),
    ];
  },
});

export const mutatingAdmissionPolicy = define<MutatingAdmissionPolicy>({
  id: {
    group,
    version: 'v1',
    resource: 'mutatingadmissionpolicies',
    kind: 'MutatingAdmissionPolicy',
    categories,
  },
  scope: 'Cluster',
  generation: 'spec',
  columns: columnsOf<MutatingAdmissionPolicy>(
    countColumn('Mutations', 'How many changes it makes.', ({ spec }) => spec?.mutations?.length),
    textColumn('ParamKind', 'The kind of its parameters.', paramKindOf),
  ),
  defaults: ({ spec }) => defaultPolicy(spec),
  validate: ({ spec }) => [
    ...validatePolicy(spec),
    ...((spec.mutations?.length ?? 0) === 0
      ? [required('spec.mutations', 'must contain at least one item')]
      : []),
    ...(['IfNeeded', 'Never'].includes(spec.reinvocationPolicy ?? '')
      ? []
      : [notSupported('spec.reinvocationPolicy', spec.reinvocationPolicy ?? '', ['IfNeeded', 'Never'])]),
  ],
});

const bindingColumns = columnsOf<any>(
  textColumn<Binding>('PolicyName', 'The policy that it puts into force.', ({ spec }) => spec?.policyName),
  textColumn<Binding>('ParamRef', 'The parameters that it gives.', ({ spec }) => {
    const ref = spec?.paramRef;
    if (!ref) return '<unset>';
    return ref.name ? (ref.namespace ? `${ref.namespace}/${ref.name}` : ref.name) : '<selector>';
  }),
);

export const validatingAdmissionPolicyBinding = define<ValidatingAdmissionPolicyBinding>({
  id: {
    group,
    version: 'v1',
    resource: 'validatingadmissionpolicybindings',
    kind: 'ValidatingAdmissionPolicyBinding',
    categories,
  },
  scope: 'Cluster',
  generation: 'spec',
  columns: bindingColumns,
  defaults: ({ spec }) => defaultMatch(spec?.matchResources),
  validate({ spec }) {
    const actions = ['Audit', 'Deny', 'Warn'];
    return [
      ...(spec.policyName ? [] : [required('spec.policyName', '')]),
      ...((spec.validationActions?.length ?? 0) === 0 ? [required('spec.validationActions', '')] : []),
      ...(spec.validationActions ?? [])
        .filter((action) => !actions.includes(action))
        .map((action) => notSupported('spec.validationActions', action, actions)),
    ];
  },
});

export const mutatingAdmissionPolicyBinding = define<MutatingAdmissionPolicyBinding>({
  id: {
    group,
    version: 'v1',
    resource: 'mutatingadmissionpolicybindings',
    kind: 'MutatingAdmissionPolicyBinding',
    categories,
  },
  scope: 'Cluster',
  generation: 'spec',
  columns: bindingColumns,
  defaults: ({ spec }) => defaultMatch(spec?.matchResources),
  validate: ({ spec }) => (spec.policyName ? [] : [required('spec.policyName', '')]),
});

function defaultPolicy(spec: Policy['spec'] | undefined): void {
  if (!spec) return;
  spec.failurePolicy ??= 'Fail';
  defaultMatch(spec.matchConstraints);
}

function defaultMatch(match: MatchResources | undefined): void {
  if (!match) return;
  match.matchPolicy ??= 'Equivalent';
  match.namespaceSelector ??= {};
  match.objectSelector ??= {};
  for (const rule of [...(match.resourceRules ?? []), ...(match.excludeResourceRules ?? [])])
    rule.scope ??= '*';
}

function validatePolicy(spec: Policy['spec']): FieldError[] {
  const problems: FieldError[] = [];
  const policies = ['Fail', 'Ignore'];
  if (!policies.includes(spec.failurePolicy ?? ''))
    problems.push(notSupported('spec.failurePolicy', spec.failurePolicy ?? '', policies));
  if (!spec.matchConstraints) return [...problems, required('spec.matchConstraints', '')];
  const rules = spec.matchConstraints.resourceRules ?? [];
  if (rules.length === 0) problems.push(required('spec.matchConstraints.resourceRules', ''));
  problems.push(
    ...rules.flatMap((rule, index) =>
      validateRule(rule as never, `spec.matchConstraints.resourceRules[${index}]`),
    ),
  );
  return problems;
}
