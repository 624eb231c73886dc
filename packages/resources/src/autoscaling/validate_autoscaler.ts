import {
  type CrossVersionObjectReference,
  type FieldError,
  type HorizontalPodAutoscaler,
  type HPAScalingRules,
  invalidValue,
  notSupported,
  required,
} from '@kubets/api';
import { pathSegmentName } from '../rules/names.ts';
import { validateNotNegative } from '../rules/quantities.ts';
import { validateMetrics } from './validate_metrics.ts';

export function validateAutoscaler(
  { spec }: HorizontalPodAutoscaler,
  old?: HorizontalPodAutoscaler,
): FieldError[] {
  const { minReplicas, maxReplicas = 0, scaleTargetRef } = spec;
  const errors: FieldError[] = [];
  // Zero is for clusters with HPAScaleToZero, and for what was stored there.
  const lowest = old?.spec.minReplicas === 0 ? 0 : 1;
  if (minReplicas !== undefined && minReplicas < lowest)
    errors.push(invalidValue('spec.minReplicas', minReplicas, `must be greater than or equal to ${lowest}`));
  if (maxReplicas === 0) errors.push(required('spec.maxReplicas', 'must be set and greater than 0'));
  else if (maxReplicas < 0)
    errors.push(invalidValue('spec.maxReplicas', maxReplicas, 'must be greater than or equal to 1'));
  if (minReplicas !== undefined && maxReplicas < minReplicas)
    errors.push(
      invalidValue('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`'),
    );
  const before = old?.spec.scaleTargetRef;
  const sameTarget =
    before !== undefined &&
    before.apiVersion === scaleTargetRef?.apiVersion &&
    before.kind === scaleTargetRef?.kind;
  errors.push(
    ...validateReference(scaleTargetRef, 'spec.scaleTargetRef', {
      anyVersion: sameTarget,
      coreGroup: scaleTargetRef?.kind === 'ReplicationController',
    }),
    ...validateMetrics(spec, old?.spec, 'spec.metrics'),
  );
  for (const direction of ['scaleUp', 'scaleDown'] as const)
    errors.push(...validateRules(spec.behavior?.[direction], `spec.behavior.${direction}`));
  return errors;
}

export interface ReferenceOptions {
  anyVersion: boolean;
  coreGroup: boolean;
}

export function validateReference(
  reference: CrossVersionObjectReference | undefined,
  path: string,
  options: ReferenceOptions,
): FieldError[] {
  const errors: FieldError[] = [];
  for (const field of ['kind', 'name'] as const) {
    const value = reference?.[field];
    if (!value) errors.push(required(`${path}.${field}`));
    else
      for (const message of pathSegmentName(value))
        errors.push(invalidValue(`${path}.${field}`, value, message));
  }
  const version = reference?.apiVersion ?? '';
  const fault = options.anyVersion ? undefined : apiVersionFault(version, options.coreGroup);
  return fault ? [...errors, invalidValue(`${path}.apiVersion`, version, fault)] : errors;
}

export function apiVersionFault(version: string, coreGroup: boolean): string | undefined {
  const parts = version.split('/');
  if (parts.length > 2) return `unexpected GroupVersion string: ${version}`;
  const group = parts.length === 2 ? parts[0] : '';
  return group || coreGroup ? undefined : 'apiVersion must specify API group';
}

function validateRules(rules: HPAScalingRules | undefined, path: string): FieldError[] {
  if (!rules) return [];
  const { stabilizationWindowSeconds: seconds, selectPolicy, policies = [], tolerance } = rules;
  const errors: FieldError[] = [];
  const at = `${path}.stabilizationWindowSeconds`;
  if ((seconds ?? 0) < 0) errors.push(invalidValue(at, seconds, 'must be greater than or equal to zero'));
  if ((seconds ?? 0) > 3600) errors.push(invalidValue(at, seconds, 'must be less than or equal to 3600'));
  if (selectPolicy !== undefined && !['Disabled', 'Max', 'Min'].includes(selectPolicy))
    errors.push(notSupported(`${path}.selectPolicy`, selectPolicy, ['Disabled', 'Max', 'Min']));
  if (policies.length === 0) errors.push(required(`${path}.policies`, 'must specify at least one Policy'));
  policies.forEach(({ type, value = 0, periodSeconds = 0 }, i) => {
    const policy = `${path}.policies[${i}]`;
    if (type !== 'Pods' && type !== 'Percent')
      errors.push(notSupported(`${policy}.type`, type ?? '', ['Percent', 'Pods']));
    if (value <= 0) errors.push(invalidValue(`${policy}.value`, value, 'must be greater than zero'));
    if (periodSeconds <= 0)
      errors.push(invalidValue(`${policy}.periodSeconds`, periodSeconds, 'must be greater than zero'));
    if (periodSeconds > 1800)
      errors.push(
        invalidValue(`${policy}.periodSeconds`, periodSeconds, 'must be less than or equal to 1800'),
      );
  });
  if (tolerance !== undefined) errors.push(...validateNotNegative(tolerance, `${path}.tolerance`));
  return errors;
}
