// Rules of admission policies. Whether their expressions compile is for who evaluates them.
import {
  type AuditAnnotation,
  duplicate,
  type FieldError,
  invalidValue,
  type MutatingAdmissionPolicy,
  type Mutation,
  notSupported,
  type ParamKind,
  required,
  type ValidatingAdmissionPolicy,
  type ValidatingAdmissionPolicyStatus,
  type Validation,
  type Variable,
} from '@kubets/api';
import { validateConditions } from '../rules/conditions.ts';
import { validateAnyOf, validateGivenOneOf } from '../rules/enums.ts';
import { sameValue } from '../rules/equality.ts';
import { goStruct } from '../rules/go_struct.ts';
import { byteLength, validateLabelName } from '../rules/labels.ts';
import { dns1035Label, dns1123Subdomain } from '../rules/names.ts';
import { failurePolicies, validateMatchConditions, validateMatchResources } from './match_rules.ts';

type Policy = MutatingAdmissionPolicy | ValidatingAdmissionPolicy;

/** Operations that can be mutated: there is nothing left to change of what is deleted. */
export const mutatingOperations = ['*', 'CONNECT', 'CREATE', 'UPDATE'];

const celReserved = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);

export function validateValidatingPolicy(
  policy: ValidatingAdmissionPolicy,
  old?: ValidatingAdmissionPolicy,
): FieldError[] {
  const { validations = [], auditAnnotations = [] } = policy.spec;
  const errors = validatePolicy(policy, old);
  if (validations.length === 0 && auditAnnotations.length === 0)
    return [
      ...errors,
      ...['validations', 'auditAnnotations'].map((field) =>
        required(`spec.${field}`, 'validations or auditAnnotations must contain at least one item'),
      ),
    ];
  validations.forEach((validation, i) => {
    errors.push(...validateValidation(validation, `spec.validations[${i}]`));
  });
  const path = 'spec.auditAnnotations';
  if (auditAnnotations.length > 20)
    errors.push(
      invalidValue(
        path,
        auditAnnotations.map((each) => goStruct(each, 'admissionregistration.v1.AuditAnnotation')),
        'must not have more than 20 auditAnnotations',
      ),
    );
  auditAnnotations.forEach((annotation, i) => {
    errors.push(...validateAuditAnnotation(annotation, policy.metadata.name, `${path}[${i}]`));
    if (auditAnnotations.findIndex(({ key }) => key === annotation.key) < i)
      errors.push(duplicate(`${path}[${i}].key`, annotation.key ?? ''));
  });
  return errors;
}

export function validateMutatingPolicy(
  policy: MutatingAdmissionPolicy,
  old?: MutatingAdmissionPolicy,
): FieldError[] {
  const { mutations = [], reinvocationPolicy, matchConstraints } = policy.spec;
  const errors = validatePolicy(policy, old);
  for (const { operations = [] } of matchConstraints?.resourceRules ?? [])
    for (const operation of operations)
      errors.push(
        ...validateAnyOf(operation, mutatingOperations, 'spec.matchConstraints.resourceRules.operations'),
      );
  if (mutations.length === 0)
    errors.push(required('spec.mutations', 'mutations must contain at least one item'));
  mutations.forEach((mutation, i) => {
    errors.push(...validateMutation(mutation, `spec.mutations[${i}]`));
  });
  return [
    ...errors,
    ...validateGivenOneOf(reinvocationPolicy, ['IfNeeded', 'Never'], 'spec.reinvocationPolicy'),
  ];
}

export function validatePolicyStatus(status: ValidatingAdmissionPolicyStatus = {}): FieldError[] {
  const warnings = status.typeChecking?.expressionWarnings ?? [];
  return [
    ...warnings.flatMap(({ warning, fieldRef }, i) => {
      const path = `status.typeChecking.expressionWarnings[${i}]`;
      return [
        ...(warning ? [] : [required(`${path}.warning`)]),
        ...(fieldRef?.trim() ? [] : [required(`${path}.fieldRef`)]),
      ];
    }),
    ...validateConditions(status.conditions, 'status.conditions'),
  ];
}

function validatePolicy({ spec }: Policy, old?: Policy): FieldError[] {
  const errors = validateGivenOneOf(spec.failurePolicy, failurePolicies, 'spec.failurePolicy');
  if (spec.paramKind) errors.push(...validateParamKind(spec.paramKind, 'spec.paramKind'));
  if (!spec.matchConstraints) errors.push(required('spec.matchConstraints'));
  else {
    errors.push(...validateMatchResources(spec.matchConstraints, 'spec.matchConstraints'));
    if (!spec.matchConstraints.resourceRules?.length)
      errors.push(required('spec.matchConstraints.resourceRules'));
  }
  const sameConditions =
    old &&
    sameValue(spec.paramKind, old.spec.paramKind) &&
    sameValue(spec.matchConditions ?? [], old.spec.matchConditions ?? []);
  if (!sameConditions) errors.push(...validateMatchConditions(spec.matchConditions, 'spec.matchConditions'));
  spec.variables?.forEach((variable, i) => {
    errors.push(...validateVariable(variable, `spec.variables[${i}]`));
  });
  return errors;
}

function validateParamKind({ apiVersion = '', kind = '' }: ParamKind, path: string): FieldError[] {
  const errors = validateApiVersion(apiVersion, `${path}.apiVersion`);
  if (kind === '') return [...errors, required(`${path}.kind`)];
  const messages = dns1035Label(kind.toLowerCase());
  if (messages.length > 0)
    errors.push(
      invalidValue(
        `${path}.kind`,
        kind,
        `may have mixed case, but should otherwise match: ${messages.join(',')}`,
      ),
    );
  return errors;
}

function validateApiVersion(apiVersion: string, path: string): FieldError[] {
  if (apiVersion === '') return [required(path)];
  const parts = apiVersion === '/' ? ['', ''] : apiVersion.split('/');
  if (parts.length > 2)
    return [invalidValue(path, apiVersion, `unexpected GroupVersion string: ${apiVersion}`)];
  const [version = '', group = ''] = parts.reverse();
  const groupFaults = group === '' ? [] : dns1123Subdomain(group);
  const errors = groupFaults.length > 0 ? [invalidValue(path, group, groupFaults.join(','))] : [];
  if (version === '') return [...errors, invalidValue(path, apiVersion, 'version must be specified')];
  const versionFaults = dns1035Label(version);
  if (versionFaults.length > 0) errors.push(invalidValue(path, version, versionFaults.join(',')));
  return errors;
}

function validateVariable({ name = '', expression }: Variable, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (name.trim() === '') errors.push(required(`${path}.name`, 'name is not specified'));
  else if (!/^[_a-zA-Z][_a-zA-Z0-9]*$/.test(name) || celReserved.has(name))
    errors.push(invalidValue(`${path}.name`, name, 'must be a valid CEL identifier'));
  if (!expression?.trim()) errors.push(required(`${path}.expression`, 'expression is not specified'));
  return errors;
}

function validateValidation(validation: Validation, path: string): FieldError[] {
  const { expression, message = '', messageExpression, reason } = validation;
  const errors: FieldError[] = [];
  if (!expression?.trim()) errors.push(required(`${path}.expression`, 'expression is not specified'));
  if (messageExpression && !messageExpression.trim())
    errors.push(
      invalidValue(`${path}.messageExpression`, messageExpression, 'must be non-empty if specified'),
    );
  if (message && !message.trim())
    errors.push(invalidValue(`${path}.message`, message, 'must be non-empty if specified'));
  else if (/[\n\r]/.test(message.trim()))
    errors.push(invalidValue(`${path}.message`, message, 'must not contain line breaks'));
  const reasons = ['Forbidden', 'Invalid', 'RequestEntityTooLarge'];
  if (reason !== undefined) errors.push(...validateAnyOf(reason, reasons, `${path}.reason`));
  return errors;
}

function validateAuditAnnotation(annotation: AuditAnnotation, policy: string, path: string): FieldError[] {
  const { key = '', valueExpression = '' } = annotation;
  const errors = policy
    ? validateLabelName(`${policy}/${key}`, `${path}.key`)
    : [invalidValue(`${path}.key`, key, 'requires metadata.name be non-empty')];
  const expression = valueExpression.trim();
  if (expression === '') errors.push(required(`${path}.valueExpression`, 'valueExpression is not specified'));
  else if (byteLength(expression) > 5 * 1024)
    errors.push(required(`${path}.valueExpression`, 'must not exceed 5120 bytes in length'));
  return errors;
}

function validateMutation(mutation: Mutation, path: string): FieldError[] {
  const fields = { ApplyConfiguration: 'applyConfiguration', JSONPatch: 'jsonPatch' } as const;
  const { patchType } = mutation;
  if (!patchType) return [required(`${path}.patchType`)];
  if (patchType !== 'ApplyConfiguration' && patchType !== 'JSONPatch')
    return [notSupported(`${path}.patchType`, patchType, Object.keys(fields))];
  const wanted = fields[patchType];
  const other = wanted === 'jsonPatch' ? 'applyConfiguration' : 'jsonPatch';
  const errors: FieldError[] = [];
  const patch = mutation[wanted];
  if (!patch) errors.push(required(`${path}.${wanted}`, `must be specified when patchType is ${patchType}`));
  else if (!patch.expression?.trim()) errors.push(required(`${path}.${wanted}.expression`));
  if (mutation[other])
    errors.push(
      invalidValue(`${path}.${other}`, `{${other}}`, `must not be specified when patchType is ${patchType}`),
    );
  return errors;
}
