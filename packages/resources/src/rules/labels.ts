import {
  type FieldError,
  forbiddenField,
  invalidValue,
  type LabelSelector,
  type LabelSelectorRequirement,
  required,
  tooLong,
} from '@kubets/api';
import { labelValue, qualifiedName } from './names.ts';

export const immutableText = 'field is immutable';

export function validateLabels(labels: Record<string, string> | undefined, path: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const [key, value] of Object.entries(labels ?? {})) {
    errors.push(...validateLabelName(key, path));
    for (const message of labelValue(value)) errors.push(invalidValue(path, value, message));
  }
  return errors;
}

export function validateLabelName(name: string, path: string): FieldError[] {
  return qualifiedName(name).map((message) => invalidValue(path, name, message));
}

const maxAnnotationBytes = 256 * 1024;

export function validateAnnotations(
  annotations: Record<string, string> | undefined,
  path: string,
): FieldError[] {
  const errors: FieldError[] = [];
  let bytes = 0;
  for (const [key, value] of Object.entries(annotations ?? {})) {
    for (const message of qualifiedName(key.toLowerCase())) errors.push(invalidValue(path, key, message));
    bytes += byteLength(key) + byteLength(value);
  }
  if (bytes > maxAnnotationBytes) errors.push(tooLong(path, undefined, maxAnnotationBytes));
  return errors;
}

export interface SelectorOptions {
  /** Selectors that were stored before values were checked keep working. */
  allowInvalidValues?: boolean;
}

export function validateLabelSelector(
  selector: LabelSelector | undefined,
  path: string,
  options: SelectorOptions = {},
): FieldError[] {
  if (!selector) return [];
  const errors = validateLabels(selector.matchLabels, `${path}.matchLabels`);
  selector.matchExpressions?.forEach((requirement, i) => {
    errors.push(...validateRequirement(requirement, `${path}.matchExpressions[${i}]`, options));
  });
  return errors;
}

function validateRequirement(
  { key, operator, values = [] }: LabelSelectorRequirement,
  path: string,
  options: SelectorOptions,
): FieldError[] {
  const errors: FieldError[] = [];
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length === 0)
      errors.push(required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length > 0)
      errors.push(
        forbiddenField(
          `${path}.values`,
          "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
        ),
      );
  } else errors.push(invalidValue(`${path}.operator`, operator ?? '', 'not a valid selector operator'));
  errors.push(...validateLabelName(key ?? '', `${path}.key`));
  if (!options.allowInvalidValues)
    values.forEach((value, i) => {
      for (const message of labelValue(value))
        errors.push(invalidValue(`${path}.values[${i}]`, value, message));
    });
  return errors;
}

export function isEmptySelector(selector: LabelSelector): boolean {
  return Object.keys(selector.matchLabels ?? {}).length === 0 && !selector.matchExpressions?.length;
}

/** Length in UTF-8, which is what sizes are measured in. */
export function byteLength(text: string): number {
  return /^[\x00-\x7f]*$/.test(text) ? text.length : new TextEncoder().encode(text).length;
}
