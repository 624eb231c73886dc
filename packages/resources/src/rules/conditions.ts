import {
  type Condition,
  duplicate,
  type FieldError,
  invalidValue,
  notSupported,
  required,
  tooLong,
} from '@kubets/api';
import { validateLabelName } from './labels.ts';

const reasonText =
  "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName',  or 'ReasonA,ReasonB',  or 'ReasonA:ReasonB', regex used for validation is '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?')";

/** Conditions of the common form (`meta/v1 Condition`). */
export function validateConditions(conditions: Condition[] | undefined, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  conditions?.forEach((condition, i) => {
    const at = `${path}[${i}]`;
    if (seen.has(condition.type)) errors.push(duplicate(`${at}.type`, condition.type));
    seen.add(condition.type);
    errors.push(...validateCondition(condition, at));
  });
  return errors;
}

function validateCondition(condition: Condition, path: string): FieldError[] {
  const { type, status, observedGeneration = 0, reason = '', message = '' } = condition;
  const errors = validateLabelName(type ?? '', `${path}.type`);
  if (!['True', 'False', 'Unknown'].includes(status))
    errors.push(notSupported(`${path}.status`, status ?? '', ['False', 'True', 'Unknown']));
  if (observedGeneration < 0)
    errors.push(
      invalidValue(`${path}.observedGeneration`, observedGeneration, 'must be greater than or equal to zero'),
    );
  if (!condition.lastTransitionTime) errors.push(required(`${path}.lastTransitionTime`));
  if (!reason) errors.push(required(`${path}.reason`));
  else {
    if (!/^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$/.test(reason))
      errors.push(invalidValue(`${path}.reason`, reason, reasonText));
    if (reason.length > 1024) errors.push(tooLong(`${path}.reason`, undefined, 1024));
  }
  if (message.length > 32 * 1024) errors.push(tooLong(`${path}.message`, undefined, 32 * 1024));
  return errors;
}
