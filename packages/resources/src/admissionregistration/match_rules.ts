// To which requests webhooks and policies apply.
import {
  duplicate,
  type FieldError,
  invalidValue,
  type MatchCondition,
  type MatchResources,
  type NamedRuleWithOperations,
  notSupported,
  type Rule,
  type RuleWithOperations,
  required,
  tooMany,
} from '@kubets/api';
import { validateGivenOneOf } from '../rules/enums.ts';
import { validateLabelName, validateLabelSelector } from '../rules/labels.ts';
import { pathSegmentName } from '../rules/names.ts';

export const failurePolicies = ['Fail', 'Ignore'];
export const matchPolicies = ['Equivalent', 'Exact'];

const operations = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];
const scopes = ['*', 'Cluster', 'Namespaced'];

export function defaultRules(rules: readonly Rule[] = []): void {
  for (const rule of rules) rule.scope ??= '*';
}

export function defaultMatchResources(match: MatchResources | undefined): void {
  if (!match) return;
  match.matchPolicy ??= 'Equivalent';
  match.namespaceSelector ??= {};
  match.objectSelector ??= {};
  defaultRules(match.resourceRules);
  defaultRules(match.excludeResourceRules);
}

export function validateMatchResources(match: MatchResources, path: string): FieldError[] {
  const errors = validateGivenOneOf(match.matchPolicy, matchPolicies, `${path}.matchPolicy`);
  for (const field of ['namespaceSelector', 'objectSelector'] as const) {
    const selector = match[field];
    if (!selector) errors.push(required(`${path}.${field}`));
    else errors.push(...validateLabelSelector(selector, `${path}.${field}`));
  }
  for (const field of ['resourceRules', 'excludeResourceRules'] as const)
    match[field]?.forEach((rule, i) => {
      errors.push(...validateNamedRule(rule, `${path}.${field}[${i}]`));
    });
  return errors;
}

function validateNamedRule(rule: NamedRuleWithOperations, path: string): FieldError[] {
  const { resourceNames = [] } = rule;
  const errors: FieldError[] = [];
  resourceNames.forEach((name, i) => {
    const at = `${path}.resourceNames[${i}]`;
    errors.push(...pathSegmentName(name).map((message) => invalidValue(at, name, message)));
    if (resourceNames.indexOf(name) < i) errors.push(duplicate(at, name));
  });
  return [...errors, ...validateRuleWithOperations(rule, path)];
}

export function validateRuleWithOperations(rule: RuleWithOperations, path: string): FieldError[] {
  const at = `${path}.operations`;
  const errors = validateList(rule.operations, at, 'operations');
  rule.operations?.forEach((operation, i) => {
    if (!operations.includes(operation)) errors.push(notSupported(`${at}[${i}]`, operation, operations));
  });
  return [...errors, ...validateRule(rule, path)];
}

function validateRule(rule: Rule, path: string): FieldError[] {
  const { apiGroups, apiVersions, resources, scope } = rule;
  const errors = [
    ...validateList(apiGroups, `${path}.apiGroups`, 'API groups'),
    ...validateList(apiVersions, `${path}.apiVersions`, 'API versions'),
  ];
  apiVersions?.forEach((version, i) => {
    if (version === '') errors.push(required(`${path}.apiVersions[${i}]`));
  });
  errors.push(...validateResources(resources ?? [], `${path}.resources`));
  if (scope !== undefined && !scopes.includes(scope))
    errors.push(notSupported(`${path}.scope`, scope, scopes));
  return errors;
}

function validateList(values: string[] | undefined, path: string, plural: string): FieldError[] {
  if (!values?.length) return [required(path)];
  return values.length > 1 && values.includes('*')
    ? [invalidValue(path, values, `if '*' is present, must not specify other ${plural}`)]
    : [];
}

/** Names such as `pods`, `pods/status`, or with `*` for either part: none may be in another. */
function validateResources(resources: string[], path: string): FieldError[] {
  if (resources.length === 0) return [required(path)];
  const errors: FieldError[] = [];
  const wholeResources = new Set<string>();
  const wholeSubresources = new Set<string>();
  let lastIsPlain = false;
  resources.forEach((name, i) => {
    const at = `${path}[${i}]`;
    if (name === '') {
      errors.push(required(at));
      return;
    }
    const slash = name.indexOf('/');
    if (slash < 0) {
      lastIsPlain = name !== '*';
      return;
    }
    const [resource, sub] = [name.slice(0, slash), name.slice(slash + 1)];
    const covered = (by: string) =>
      errors.push(invalidValue(at, name, `if '${by}' is present, must not specify ${name}`));
    if (wholeResources.has(resource)) covered(`${resource}/*`);
    if (wholeSubresources.has(sub)) covered(`*/${sub}`);
    if (sub === '*') wholeResources.add(resource);
    if (resource === '*') wholeSubresources.add(sub);
  });
  if (resources.length > 1 && resources.includes('*/*'))
    errors.push(invalidValue(path, resources, "if '*/*' is present, must not specify other resources"));
  if (resources.includes('*') && lastIsPlain)
    errors.push(
      invalidValue(
        path,
        resources,
        "if '*' is present, must not specify other resources without subresources",
      ),
    );
  return errors;
}

/** All but whether the expressions compile, which is for who evaluates them. */
export function validateMatchConditions(
  conditions: readonly MatchCondition[] = [],
  path: string,
): FieldError[] {
  const errors = conditions.length > 64 ? [tooMany(path, conditions.length, 64)] : [];
  conditions.forEach(({ name = '', expression }, i) => {
    const at = `${path}[${i}]`;
    if (!expression?.trim()) errors.push(required(`${at}.expression`));
    if (name === '') errors.push(required(`${at}.name`));
    else {
      errors.push(...validateLabelName(name, `${at}.name`));
      if (conditions.findIndex((other) => other.name === name) < i)
        errors.push(duplicate(`${at}.name`, name));
    }
  });
  return errors;
}
