import {
  type FieldError,
  invalidValue,
  type ResourceQuota,
  type ResourceQuotaSpec,
  required,
  type ScopedResourceSelectorRequirement,
} from '@kubets/api';
import { define } from '../define.ts';
import { goStruct } from '../rules/go_struct.ts';
import { immutableText } from '../rules/labels.ts';
import { compareAmounts } from '../rules/quantities.ts';
import { columnsOf, textColumn } from '../table/columns.ts';
import { coreKind } from './core_kinds.ts';
import { roundUpAmounts, validateAmount, validateResourceName } from './resource_names.ts';

export const resourceQuota = define<ResourceQuota>({
  id: coreKind('resourcequotas', 'ResourceQuota', { shortNames: ['quota'] }),
  scope: 'Namespaced',
  columns: columnsOf<ResourceQuota>(
    textColumn('Request', 'What is used of what may be asked for.', (quota) => usageText(quota, false)),
    textColumn('Limit', 'What is used of the limits.', (quota) => usageText(quota, true)),
  ),
  defaults(object) {
    object.spec ??= {};
    if (object.spec.hard) object.spec.hard = roundUpAmounts(object.spec.hard);
  },
  validate: ({ spec = {} }) => [
    ...validateAmounts(spec.hard, 'spec.hard'),
    ...validateScopes(spec),
    ...validateSelector(spec),
  ],
  validateUpdate(next, old) {
    const scopes = (quota: ResourceQuota) => [...new Set(quota.spec?.scopes)].sort().join();
    return scopes(next) === scopes(old)
      ? []
      : [invalidValue('spec.scopes', next.spec?.scopes ?? null, immutableText)];
  },
  warnings: ({ spec = {} }) => warnOfOrder(spec),
  status: {
    prepare(next) {
      const status = { ...next.status };
      if (status.hard) status.hard = roundUpAmounts(status.hard);
      if (status.used) status.used = roundUpAmounts(status.used);
      next.status = status;
    },
    validate: ({ status = {} }) => [
      ...validateAmounts(status.hard, 'status.hard'),
      ...validateAmounts(status.used, 'status.used'),
    ],
  },
});

function validateAmounts(amounts: Record<string, string> = {}, path: string): FieldError[] {
  return Object.entries(amounts).flatMap(([name, amount]) => [
    ...validateQuotaName(name, `${path}[${name}]`),
    ...validateAmount(name, amount, `${path}[${name}]`),
  ]);
}

function validateQuotaName(name: string, path: string): FieldError[] {
  const errors = validateResourceName(name, path);
  return name.includes('/') || isQuotaResource(name)
    ? errors
    : [...errors, invalidValue(path, name, 'must be a standard resource for quota')];
}

const computeResources = ['cpu', 'limits.cpu', 'limits.memory', 'memory', 'requests.cpu', 'requests.memory'];
const countResources = [
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'persistentvolumeclaims',
  'configmaps',
  'services.nodeports',
  'services.loadbalancers',
];
const storageResources = [
  'ephemeral-storage',
  'requests.storage',
  'requests.ephemeral-storage',
  'limits.ephemeral-storage',
];
const quotaResources = new Set([...computeResources, ...countResources, ...storageResources]);

function isQuotaResource(name: string): boolean {
  return quotaResources.has(name) || /^(requests\.)?hugepages-/.test(name);
}

const podScopes = [
  'Terminating',
  'NotTerminating',
  'BestEffort',
  'NotBestEffort',
  'PriorityClass',
  'CrossNamespacePodAffinity',
];

/** Which resources a scope can tell apart. */
function fits(scope: string, resource: string): boolean {
  if (scope === 'BestEffort') return resource === 'pods';
  if (scope === 'VolumeAttributesClass')
    return resource === 'persistentvolumeclaims' || resource === 'requests.storage';
  return !podScopes.includes(scope) || resource === 'pods' || computeResources.includes(resource);
}

const isScope = (scope: string) => [...podScopes, 'VolumeAttributesClass'].includes(scope);

function conflicts(scopes: readonly string[]): number {
  const both = (a: string, b: string) => (scopes.includes(a) && scopes.includes(b) ? 1 : 0);
  return both('BestEffort', 'NotBestEffort') + both('Terminating', 'NotTerminating');
}

function validateScopes({ scopes = [], hard = {} }: ResourceQuotaSpec): FieldError[] {
  const fault = (text: string) => invalidValue('spec.scopes', scopes, text);
  const resources = Object.keys(hard).filter(isQuotaResource).sort();
  return [
    ...scopes.flatMap((scope) => [
      ...(isScope(scope) ? [] : [fault('unsupported scope')]),
      ...resources
        .filter((resource) => !fits(scope, resource))
        .map(() => fault('unsupported scope applied to resource')),
    ]),
    ...Array.from({ length: conflicts(scopes) }, () => fault('conflicting scopes')),
  ];
}

function validateSelector({ scopeSelector, scopes, hard = {} }: ResourceQuotaSpec): FieldError[] {
  if (!scopeSelector) return [];
  const path = 'spec.scopeSelector';
  const list = `${path}.matchExpressions`;
  const resources = Object.keys(hard).filter(isQuotaResource).sort();
  const requirements = scopeSelector.matchExpressions ?? [];
  return [
    ...requirements.flatMap((requirement) => [
      ...validateRequirement(requirement, list),
      ...resources
        .filter((resource) => !fits(requirement.scopeName, resource))
        .map(() =>
          invalidValue(
            list,
            goStruct(scopeSelector, 'core.v1.ScopeSelector'),
            'unsupported scope applied to resource',
          ),
        ),
    ]),
    ...Array.from({ length: conflicts(requirements.map(({ scopeName }) => scopeName)) }, () =>
      invalidValue(list, scopes ?? null, 'conflicting scopes'),
    ),
  ];
}

const plainScopes = podScopes.filter((scope) => scope !== 'PriorityClass');

function validateRequirement(requirement: ScopedResourceSelectorRequirement, path: string): FieldError[] {
  const { scopeName, operator, values = [] } = requirement;
  const errors: FieldError[] = [];
  if (!isScope(scopeName))
    errors.push(invalidValue(`${path}.scopeName`, scopeName ?? '', 'unsupported scope'));
  if (plainScopes.includes(scopeName) && operator !== 'Exists')
    errors.push(
      invalidValue(
        `${path}.operator`,
        operator ?? '',
        "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity",
      ),
    );
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length === 0)
      errors.push(
        required(
          `${path}.values`,
          "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector",
        ),
      );
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length > 0)
      errors.push(
        invalidValue(
          `${path}.values`,
          values,
          "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector",
        ),
      );
  } else errors.push(invalidValue(`${path}.operator`, operator ?? '', 'not a valid selector operator'));
  return errors;
}

function warnOfOrder({ hard = {} }: ResourceQuotaSpec): string[] {
  return ['cpu', 'memory', 'ephemeral-storage'].flatMap((name) => {
    const plain = name !== 'ephemeral-storage' && hard[`requests.${name}`] === undefined;
    const requestName = plain ? name : `requests.${name}`;
    const request = hard[requestName];
    const limit = hard[`limits.${name}`];
    return request !== undefined && limit !== undefined && compareAmounts(request, limit) > 0
      ? [`ResourceQuota ${requestName} (${request}) should be less than limits.${name} (${limit})`]
      : [];
  });
}

function usageText({ status = {} }: ResourceQuota, limits: boolean): string {
  return Object.keys(status.hard ?? {})
    .filter((name) => name.startsWith('limits.') === limits)
    .sort()
    .map((name) => `${name}: ${status.used?.[name] ?? '0'}/${status.hard![name]}`)
    .join(', ');
}
