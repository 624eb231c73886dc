// Rules that all makers of pods share.
import {
  type FieldError,
  forbiddenField,
  invalidValue,
  type LabelSelector,
  labelSelectorMatcher,
  notSupported,
  type PodTemplateSpec,
  required,
} from '@kubets/api';
import { validatePodTemplate } from '../core/pod/validate_spec.ts';
import { sameValue } from '../rules/equality.ts';
import { immutableText, isEmptySelector, validateLabelSelector } from '../rules/labels.ts';
import { validateNonNegative } from '../rules/numbers.ts';

/** The selector must be there, select something, and select the pods of the template. */
export function validateSelector(
  selector: LabelSelector | undefined,
  template: PodTemplateSpec | undefined,
  what: 'deployment' | 'statefulset' | 'daemonset',
): FieldError[] {
  if (!selector) return [required('spec.selector')];
  const errors = validateLabelSelector(selector, 'spec.selector');
  if (isEmptySelector(selector))
    errors.push(invalidValue('spec.selector', selector, `empty selector is invalid for ${what}`));
  return [...errors, ...validateMatches(selector, template)];
}

export function validateMatches(
  selector: LabelSelector,
  template: PodTemplateSpec | undefined,
): FieldError[] {
  const labels = template?.metadata?.labels;
  // An operator that does not exist is reported as such, not as one that matches nothing.
  if (isEmptySelector(selector) || validateLabelSelector(selector, '').length > 0) return [];
  return labelSelectorMatcher(selector).matches(labels)
    ? []
    : [
        invalidValue(
          'spec.template.metadata.labels',
          labels ?? null,
          '`selector` does not match template `labels`',
        ),
      ];
}

/** Pods that are meant to run for ever. */
export function validateLastingTemplate(
  template: PodTemplateSpec | undefined,
  what: 'ReplicaSet' | 'StatefulSet' | 'DaemonSet' | 'ReplicationController',
): FieldError[] {
  if (!template) return [required('spec.template')];
  const errors = validatePodTemplate(template, 'spec.template');
  const restartPolicy = template.spec?.restartPolicy ?? '';
  if (restartPolicy !== 'Always')
    errors.push(notSupported('spec.template.spec.restartPolicy', restartPolicy, ['Always']));
  if (template.spec?.activeDeadlineSeconds !== undefined)
    errors.push(
      forbiddenField(
        'spec.template.spec.activeDeadlineSeconds',
        `activeDeadlineSeconds in ${what} is not Supported`,
      ),
    );
  return errors;
}

export function validateSameSelector(
  next: { spec: { selector?: LabelSelector } },
  old: { spec: { selector?: LabelSelector } },
): FieldError[] {
  return sameValue(next.spec.selector, old.spec.selector, 'meta.v1.LabelSelector')
    ? []
    : [invalidValue('spec.selector', next.spec.selector ?? null, immutableText)];
}

type Counts = Record<string, number | undefined>;

/** Counts in a status: none negative, parts no larger than the whole, collisions never fewer. */
export function validateCounts(
  status: object | undefined,
  old: object | undefined,
  rules: { counts: readonly string[]; partsOf?: string; parts?: readonly string[]; readyName?: string },
): FieldError[] {
  const now = (status ?? {}) as Counts;
  const before = (old ?? {}) as Counts;
  const errors = rules.counts.flatMap((field) => validateNonNegative(now[field], `status.${field}`));
  const { partsOf, parts = [], readyName = 'readyReplicas' } = rules;
  for (const field of partsOf ? parts : [])
    if ((now[field] ?? 0) > (now[partsOf!] ?? 0))
      errors.push(
        invalidValue(`status.${field}`, now[field] ?? 0, `cannot be greater than status.${partsOf}`),
      );
  if (partsOf && (now.availableReplicas ?? 0) > (now.readyReplicas ?? 0))
    errors.push(
      invalidValue('status.availableReplicas', now.availableReplicas, `cannot be greater than ${readyName}`),
    );
  const fewer = before.collisionCount !== undefined && (now.collisionCount ?? -1) < before.collisionCount;
  if (fewer)
    errors.push(invalidValue('status.collisionCount', now.collisionCount ?? 0, 'cannot be decremented'));
  return errors;
}
