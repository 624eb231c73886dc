// Rules of the questions about access: SubjectAccessReview and its two relatives.
import {
  type FieldError,
  forbiddenField,
  invalidValue,
  type LabelSelectorRequirement,
  type ObjectMeta,
  required,
} from '@kubets/api';
import { goStruct } from '../rules/go_struct.ts';
import { validateLabelSelector } from '../rules/labels.ts';

export type ReviewKind = 'SubjectAccessReview' | 'SelfSubjectAccessReview' | 'LocalSubjectAccessReview';

interface Attributes {
  namespace?: string;
  fieldSelector?: Selector;
  labelSelector?: Selector;
}

interface Selector {
  rawSelector?: string;
  requirements?: LabelSelectorRequirement[];
}

interface Review {
  metadata?: Partial<ObjectMeta>;
  spec?: {
    resourceAttributes?: Attributes;
    nonResourceAttributes?: object;
    user?: string;
    groups?: string[];
  };
}

export function validateReview(kind: ReviewKind, { metadata = {}, spec = {} }: Review): FieldError[] {
  const { resourceAttributes, nonResourceAttributes } = spec;
  const other = () => goStruct(nonResourceAttributes, 'authorization.v1.NonResourceAttributes');
  const path = 'spec.resourceAttributes';
  const errors: FieldError[] = [];
  if (resourceAttributes && nonResourceAttributes)
    errors.push(
      invalidValue(
        'spec.nonResourceAttributes',
        other(),
        'cannot be specified in combination with resourceAttributes',
      ),
    );
  if (!resourceAttributes && !nonResourceAttributes)
    errors.push(
      invalidValue(
        path,
        null,
        'exactly one of nonResourceAttributes or resourceAttributes must be specified',
      ),
    );
  if (kind !== 'SelfSubjectAccessReview' && !spec.user && !spec.groups?.length)
    errors.push(invalidValue('spec.user', '', 'at least one of user or group must be specified'));
  errors.push(
    ...validateSelector(resourceAttributes?.fieldSelector, `${path}.fieldSelector`, validateFieldRequirement),
    ...validateSelector(resourceAttributes?.labelSelector, `${path}.labelSelector`, validateLabelRequirement),
  );
  const local = kind === 'LocalSubjectAccessReview';
  if (Object.keys(metadata).some((field) => field !== 'managedFields' && !(local && field === 'namespace')))
    errors.push(
      invalidValue('metadata', metadata, local ? 'must be empty except for namespace' : 'must be empty'),
    );
  if (!local) return errors;
  const asked = resourceAttributes?.namespace ?? '';
  if (resourceAttributes && asked !== (metadata.namespace ?? ''))
    errors.push(invalidValue(`${path}.namespace`, asked, 'must match metadata.namespace'));
  if (nonResourceAttributes)
    errors.push(invalidValue('spec.nonResourceAttributes', other(), 'disallowed on this kind of request'));
  return errors;
}

function validateSelector(
  selector: Selector | undefined,
  path: string,
  rule: (requirement: LabelSelectorRequirement, path: string) => FieldError[],
): FieldError[] {
  if (!selector) return [];
  const { rawSelector, requirements = [] } = selector;
  const errors: FieldError[] = [];
  if (rawSelector && requirements.length > 0)
    errors.push(
      invalidValue(`${path}.rawSelector`, rawSelector, 'may not specified at the same time as requirements'),
    );
  if (!rawSelector && requirements.length === 0)
    errors.push(
      required(`${path}.requirements`, `when ${path} is specified, requirements or rawSelector is required`),
    );
  return [...errors, ...requirements.flatMap((each, i) => rule(each, `${path}.requirements[${i}]`))];
}

function validateFieldRequirement(
  { key, operator, values = [] }: LabelSelectorRequirement,
  path: string,
): FieldError[] {
  const errors: FieldError[] = key ? [] : [required(`${path}.key`, 'must be specified')];
  if ((operator === 'In' || operator === 'NotIn') && values.length === 0)
    errors.push(required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
  if ((operator === 'Exists' || operator === 'DoesNotExist') && values.length > 0)
    errors.push(
      forbiddenField(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"),
    );
  return errors;
}

// Operators that nobody knows yet are no fault: such a requirement is left out of the question (KEP-4601).
function validateLabelRequirement(requirement: LabelSelectorRequirement, path: string): FieldError[] {
  const at = 'matchExpressions[0]';
  return validateLabelSelector({ matchExpressions: [requirement] }, '')
    .filter(({ field }) => field !== `.${at}.operator`)
    .map((error) => ({ ...error, field: error.field.replace(`.${at}`, path) }));
}
