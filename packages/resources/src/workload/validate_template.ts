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
import { validatePodTemplate, validateTemplateMeta } from '../core/pod/validate_spec.ts';
import { sameValue } from '../rules/equality.ts';
import { goStruct, sortedMap } from '../rules/go_struct.ts';
import { immutableText, isEmptySelector, validateLabelSelector } from '../rules/labels.ts';
import { validateNonNegative } from '../rules/numbers.ts';

type LastingKind = 'ReplicaSet' | 'StatefulSet' | 'DaemonSet' | 'ReplicationController';

export interface SelectedTemplate {
  selector?: LabelSelector;
  template?: PodTemplateSpec;
}

/** The selector must be there, select something, and select the pods of the template, which must be good too. */
export function validateSelectedTemplate(
  { selector, template }: SelectedTemplate,
  options: { kind: LastingKind; what: 'deployment' | 'statefulset'; broken: string },
): FieldError[] {
  const errors = selector ? validateLabelSelector(selector, 'spec.selector') : [required('spec.selector')];
  const broken = selector !== undefined && errors.length > 0;
  if (selector && isEmptySelector(selector))
    errors.push(invalidSelector(selector, `empty selector is invalid for ${options.what}`));
  // Nothing can be said of pods that a broken selector would select.
  if (broken) return [...errors, invalidSelector(selector, options.broken)];
  return [
    ...errors,
    ...validateMatches(selector, template),
    ...validateLastingTemplate(template, options.kind),
  ];
}

export function invalidSelector(selector: LabelSelector, detail: string): FieldError {
  return invalidValue('spec.selector', goStruct(selector, 'meta.v1.LabelSelector'), detail);
}

/** A selector that isn't there selects nothing, an empty one isn't asked. */
export function validateMatches(
  selector: LabelSelector | undefined,
  template: PodTemplateSpec | undefined,
): FieldError[] {
  const labels = template?.metadata?.labels;
  if (selector && selects(selector, labels ?? {})) return [];
  return [
    invalidValue(
      'spec.template.metadata.labels',
      labels ? sortedMap(labels) : null,
      '`selector` does not match template `labels`',
    ),
  ];
}

function selects(selector: LabelSelector, labels: Record<string, string>): boolean {
  // Replication controllers have no rules for the labels that they select by, so these may be no labels at all.
  if (!selector.matchExpressions?.length)
    return Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value);
  return labelSelectorMatcher(selector).matches(labels);
}

/** Pods that are meant to run for ever. */
export function validateLastingTemplate(
  template: PodTemplateSpec | undefined,
  what: LastingKind,
): FieldError[] {
  if (!template) return [required('spec.template')];
  const errors = validatePodTemplate(template, 'spec.template');
  if (what === 'StatefulSet') errors.push(...validateTemplateMeta(template, 'spec.template'));
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
    : [invalidValue('spec.selector', goStruct(next.spec.selector, 'meta.v1.LabelSelector'), immutableText)];
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
      invalidValue(
        'status.availableReplicas',
        now.availableReplicas ?? 0,
        `cannot be greater than ${readyName}`,
      ),
    );
  const fewer = before.collisionCount !== undefined && (now.collisionCount ?? -1) < before.collisionCount;
  if (fewer)
    errors.push(invalidValue('status.collisionCount', now.collisionCount ?? 0, 'cannot be decremented'));
  return errors;
}
