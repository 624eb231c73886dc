// Which failures count (KEP-3329), and when an indexed job has succeeded (KEP-3998).
import {
  duplicate,
  type FieldError,
  invalidValue,
  type JobSpec,
  notSupported,
  type PodFailurePolicyOnExitCodesRequirement,
  type PodFailurePolicyRule,
  required,
  type SuccessPolicyRule,
  tooLong,
  tooMany,
} from '@kubets/api';
import { goStruct } from '../rules/go_struct.ts';
import { qualifiedName } from '../rules/names.ts';
import { validateNonNegative } from '../rules/numbers.ts';
import { parseIndexes } from './job_indexes.ts';

const actions = ['Count', 'FailIndex', 'FailJob', 'Ignore'];
const valid = (values: string[]) =>
  `valid values: [${values.map((value) => JSON.stringify(value)).join(' ')}]`;

export function validatePodFailurePolicy(spec: JobSpec, path: string): FieldError[] {
  const rules = spec.podFailurePolicy?.rules ?? [];
  return [
    ...(rules.length > 20 ? [tooMany(`${path}.rules`, rules.length, 20)] : []),
    ...rules.flatMap((rule, i) => validateRule(rule, spec, `${path}.rules[${i}]`)),
  ];
}

function validateRule(rule: PodFailurePolicyRule, spec: JobSpec, path: string): FieldError[] {
  const { action, onExitCodes, onPodConditions = [] } = rule;
  const errors: FieldError[] = [];
  if (!action) errors.push(required(`${path}.action`, valid(actions)));
  else if (action === 'FailIndex') {
    if (spec.backoffLimitPerIndex === undefined)
      errors.push(invalidValue(`${path}.action`, action, 'requires the backoffLimitPerIndex to be set'));
  } else if (!actions.includes(action)) errors.push(notSupported(`${path}.action`, action, actions));
  if (onExitCodes) errors.push(...validateExitCodes(onExitCodes, spec, `${path}.onExitCodes`));
  const conditions = `${path}.onPodConditions`;
  if (onPodConditions.length > 20) errors.push(tooMany(conditions, onPodConditions.length, 20));
  onPodConditions.forEach(({ type = '', status }, i) => {
    for (const message of qualifiedName(type))
      errors.push(invalidValue(`${conditions}[${i}].type`, type, message));
    const statuses = ['False', 'True', 'Unknown'];
    if (!status) errors.push(required(`${conditions}[${i}].status`, valid(statuses)));
    else if (!statuses.includes(status))
      errors.push(notSupported(`${conditions}[${i}].status`, status, statuses));
  });
  if (onExitCodes && onPodConditions.length > 0)
    errors.push(withoutValue(path, 'specifying both OnExitCodes and OnPodConditions is not supported'));
  if (!onExitCodes && onPodConditions.length === 0)
    errors.push(withoutValue(path, 'specifying one of OnExitCodes and OnPodConditions is required'));
  return errors;
}

/** Where the value would only repeat the whole object. */
export function withoutValue(field: string, detail: string): FieldError {
  return { field, reason: 'FieldValueInvalid', message: `Invalid value: ${detail}` };
}

function validateExitCodes(
  { operator, containerName, values: given }: PodFailurePolicyOnExitCodesRequirement,
  spec: JobSpec,
  path: string,
): FieldError[] {
  const errors: FieldError[] = [];
  const values = given ?? [];
  const operators = ['In', 'NotIn'];
  if (!operator) errors.push(required(`${path}.operator`, valid(operators)));
  else if (!operators.includes(operator)) errors.push(notSupported(`${path}.operator`, operator, operators));
  const { containers = [], initContainers = [] } = spec.template?.spec ?? {};
  const known = [...containers, ...initContainers].some(({ name }) => name === containerName);
  if (containerName !== undefined && !known)
    errors.push(
      invalidValue(
        `${path}.containerName`,
        containerName,
        'must be one of the container or initContainer names in the pod template',
      ),
    );
  if (values.length === 0)
    errors.push(invalidValue(`${path}.values`, given ?? null, 'at least one value is required'));
  if (values.length > 255) errors.push(tooMany(`${path}.values`, values.length, 255));
  values.forEach((value, i) => {
    const at = `${path}.values[${i}]`;
    if (operator === 'In' && value === 0)
      errors.push(invalidValue(at, value, 'must not be 0 for the In operator'));
    if (values.indexOf(value) < i) errors.push(duplicate(at, value));
  });
  if (values.some((value, i) => i > 0 && values[i - 1]! > value))
    errors.push(invalidValue(`${path}.values`, values, 'must be ordered'));
  return errors;
}

export function validateSuccessPolicy(spec: JobSpec, path: string): FieldError[] {
  const policy = spec.successPolicy;
  if (!policy) return [];
  if (spec.completionMode !== 'Indexed')
    return [
      invalidValue(path, goStruct(policy, 'batch.v1.SuccessPolicy'), 'requires indexed completion mode'),
    ];
  const rules = policy.rules ?? [];
  const errors: FieldError[] = [];
  if (rules.length === 0)
    errors.push(
      required(`${path}.rules`, 'at least one rules must be specified when the successPolicy is specified'),
    );
  if (rules.length > 20) errors.push(tooMany(`${path}.rules`, rules.length, 20));
  return [
    ...errors,
    ...rules.flatMap((rule, i) => validateSuccessRule(rule, spec.completions ?? 0, `${path}.rules[${i}]`)),
  ];
}

function validateSuccessRule(rule: SuccessPolicyRule, completions: number, path: string): FieldError[] {
  const { succeededCount: count, succeededIndexes: indexes } = rule;
  const errors: FieldError[] = [];
  if (count === undefined && indexes === undefined)
    errors.push(required(path, 'at least one of succeededCount or succeededIndexes must be specified'));
  let total = 0;
  if (indexes !== undefined) {
    const at = `${path}.succeededIndexes`;
    if (indexes.length > 65_536) errors.push(tooLong(at, undefined, 65_536));
    const parsed = parseIndexes(indexes, completions);
    if (parsed.ok) total = parsed.total;
    else errors.push(invalidValue(at, indexes, `error parsing succeededIndexes: ${parsed.message}`));
  }
  if (count === undefined) return errors;
  const at = `${path}.succeededCount`;
  errors.push(...validateNonNegative(count, at));
  const over = (limit: number, of: string) =>
    invalidValue(at, count, `must be less than or equal to ${limit} (${of})`);
  if (count > completions) errors.push(over(completions, 'the number of specified completions'));
  if (indexes !== undefined && count > total)
    errors.push(over(total, 'the number of indexes in the specified succeededIndexes field'));
  return errors;
}
