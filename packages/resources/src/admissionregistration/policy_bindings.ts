import {
  duplicate,
  type FieldError,
  forbiddenField,
  invalidValue,
  type LabelSelector,
  type MutatingAdmissionPolicyBinding,
  notSupported,
  type ParamRef,
  required,
  type ValidatingAdmissionPolicyBinding,
} from '@kubets/api';
import { type Definition, define } from '../define.ts';
import { validateAnyOf } from '../rules/enums.ts';
import { validateLabelSelector } from '../rules/labels.ts';
import { dns1123Subdomain, pathSegmentName } from '../rules/names.ts';
import { columnsOf, textColumn } from '../table/columns.ts';
import { admissionKind, earlierVersions, warnOfAdmission } from './admission_kinds.ts';
import { defaultMatchResources, validateMatchResources } from './match_rules.ts';
import { mutatingOperations } from './validate_policies.ts';

type Binding = MutatingAdmissionPolicyBinding | ValidatingAdmissionPolicyBinding;

const common = {
  scope: 'Cluster',
  allowUnconditionalUpdate: false,
  generation: 'spec',
  warnings: warnOfAdmission,
  defaults: ({ spec }) => defaultMatchResources(spec?.matchResources),
  columns: columnsOf<any>(
    textColumn<Binding>('PolicyName', 'The policy that it puts into force.', ({ spec }) => spec?.policyName),
    textColumn<Binding>('ParamRef', 'The parameters that it gives the policy.', ({ spec }) =>
      paramText(spec?.paramRef),
    ),
  ),
} satisfies Partial<Definition<Binding>>;

export const validatingAdmissionPolicyBinding = define<ValidatingAdmissionPolicyBinding>({
  ...common,
  id: admissionKind('validatingadmissionpolicybindings', 'ValidatingAdmissionPolicyBinding'),
  validate: (binding) => [
    ...validateBinding(binding),
    ...validateActions(binding.spec?.validationActions ?? [], 'spec.validationActions'),
  ],
});

export const mutatingAdmissionPolicyBinding = define<MutatingAdmissionPolicyBinding>({
  ...common,
  id: admissionKind('mutatingadmissionpolicybindings', 'MutatingAdmissionPolicyBinding'),
  upstreamStorageVersion: 'v1beta1',
  otherVersions: earlierVersions('MutatingAdmissionPolicyBinding'),
  validate(binding) {
    const operations = (binding.spec?.matchResources?.resourceRules ?? []).flatMap(
      (rule) => rule.operations ?? [],
    );
    return [
      ...validateBinding(binding),
      ...operations.flatMap((operation) =>
        validateAnyOf(operation, mutatingOperations, 'spec.matchResources.resourceRules.operations'),
      ),
    ];
  },
});

function validateBinding({ spec = {} }: Binding): FieldError[] {
  const { policyName, paramRef, matchResources } = spec;
  return [
    ...(policyName
      ? dns1123Subdomain(policyName).map((message) => invalidValue('spec.policyName', policyName, message))
      : [required('spec.policyName')]),
    ...(paramRef ? validateParamRef(paramRef, 'spec.paramRef') : []),
    ...(matchResources ? validateMatchResources(matchResources, 'spec.matchResources') : []),
  ];
}

function validateParamRef(reference: ParamRef, path: string): FieldError[] {
  const { name, selector, parameterNotFoundAction: action } = reference;
  const errors: FieldError[] = [];
  const exclusive = (field: string) =>
    errors.push(forbiddenField(`${path}.${field}`, 'name and selector are mutually exclusive'));
  if (name) {
    errors.push(...pathSegmentName(name).map((message) => invalidValue(`${path}.name`, name, message)));
    if (selector) exclusive('name');
  }
  if (selector) {
    errors.push(...validateLabelSelector(selector, `${path}.selector`));
    if (name) exclusive('selector');
  }
  if (!name && !selector) errors.push(required(path, 'one of name or selector must be specified'));
  const at = `${path}.parameterNotFoundAction`;
  if (!action) errors.push(required(at));
  else if (action !== 'Deny' && action !== 'Allow') errors.push(notSupported(at, action, ['Deny', 'Allow']));
  return errors;
}

function validateActions(actions: string[], path: string): FieldError[] {
  const errors = actions.flatMap((action, i) => [
    ...validateAnyOf(action, ['Audit', 'Deny', 'Warn'], `${path}[${i}]`),
    ...(actions.indexOf(action) < i ? [duplicate(`${path}[${i}]`, action)] : []),
  ]);
  if (actions.includes('Deny') && actions.includes('Warn'))
    errors.push(
      invalidValue(
        path,
        actions,
        'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)',
      ),
    );
  if (actions.length === 0) errors.push(required(path, 'at least one validation action is required'));
  return errors;
}

function paramText(reference: ParamRef | undefined): string {
  // Whether parameters without a namespace are cluster wide is not known here.
  if (reference?.name) return `${reference.namespace || '*'}/${reference.name}`;
  return reference?.selector ? goSelectorText(reference.selector) : '<unset>';
}

/** As Go prints the structure. */
function goSelectorText({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string {
  const labels = Object.keys(matchLabels)
    .sort()
    .map((key) => `${key}: ${matchLabels[key]},`);
  const expressions = matchExpressions.map(
    ({ key, operator, values = [] }) =>
      `LabelSelectorRequirement{Key:${key},Operator:${operator},Values:[${values.join(' ')}],},`,
  );
  return `&LabelSelector{MatchLabels:map[string]string{${labels.join('')}},MatchExpressions:[]LabelSelectorRequirement{${expressions.join('')}},}`;
}
