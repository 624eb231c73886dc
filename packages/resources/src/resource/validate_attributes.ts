import {
  type CapacityRequestPolicy,
  type CapacityRequestPolicyRange,
  type DeviceAttribute,
  type DeviceCapacity,
  type FieldError,
  forbiddenField,
  invalidValue,
  required,
  tooLong,
} from '@kubets/api';
import { goStruct } from '../rules/go_struct.ts';
import { byteLength } from '../rules/labels.ts';
import { compareAmounts } from '../rules/quantities.ts';
import { validateSet } from './device_rules.ts';

const maxLength = 64;
const number = '(0|[1-9]\\d*)';
const preRelease = '(0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*)';
const build = '[0-9a-zA-Z-]+';
const semanticVersion = new RegExp(
  `^${number}\\.${number}\\.${number}(-${preRelease}(\\.${preRelease})*)?(\\+${build}(\\.${build})*)?$`,
);

/** What is known of a device: a value of one of several types, or a list of such. */
export function validateAttribute(attribute: DeviceAttribute, path: string): FieldError[] {
  const { string, strings, version, versions } = attribute;
  const errors: FieldError[] = [];
  if (string !== undefined) errors.push(...validateText(string, `${path}.string`));
  if (version !== undefined) errors.push(...validateVersion(version, `${path}.version`));
  for (const field of ['bools', 'ints', 'strings', 'versions'] as const)
    if (attribute[field]?.length === 0)
      errors.push(invalidValue(`${path}.${field}`, [], 'must not be empty if specified'));
  strings?.forEach((item, i) => {
    errors.push(...validateText(item, `${path}.strings[${i}]`));
  });
  versions?.forEach((item, i) => {
    errors.push(...validateVersion(item, `${path}.versions[${i}]`));
  });
  const count = Object.values(attribute).filter((value) => value !== undefined).length;
  if (count !== 1)
    errors.push(
      invalidValue(
        path,
        count === 0 ? '' : goStruct(attribute, 'resource.v1.DeviceAttribute'),
        'exactly one value must be specified',
      ),
    );
  return errors;
}

function validateText(text: string, path: string): FieldError[] {
  return byteLength(text) > maxLength ? [tooLong(path, undefined, maxLength)] : [];
}

function validateVersion(version: string, path: string): FieldError[] {
  return [
    ...(semanticVersion.test(version)
      ? []
      : [invalidValue(path, version, 'must be a string compatible with semver.org spec 2.0.0')]),
    ...validateText(version, path),
  ];
}

export function validateCapacity(
  { value, requestPolicy: policy }: DeviceCapacity,
  shared: boolean,
  path: string,
): FieldError[] {
  if (!policy) return [];
  const at = `${path}.requestPolicy`;
  if (!shared) return [forbiddenField(at, 'allowMultipleAllocations must be true')];
  const { validValues = [], validRange } = policy;
  if (validValues.length > 0 && validRange)
    return [
      forbiddenField(
        at,
        'exactly one policy can be specified, cannot specify "validValues" and "validRange" at the same time',
      ),
    ];
  if (validValues.length > 0) return validateValues(policy, validValues, value, at);
  return validRange ? validateRange(policy, validRange, value, at) : [];
}

function validateValues(
  { default: preset }: CapacityRequestPolicy,
  values: string[],
  capacity: string,
  path: string,
): FieldError[] {
  if (preset === undefined) return [required(`${path}.default`, 'required when validValues is defined')];
  const at = `${path}.validValues`;
  const errors: FieldError[] = [];
  values.forEach((value, i) => {
    if (i > 0 && compareAmounts(values[i - 1]!, value) > 0)
      errors.push(invalidValue(`${at}[${i}]`, value, 'values must be sorted in ascending order'));
  });
  const rule = (value: string, place: string) =>
    compareAmounts(value, capacity) > 0
      ? [invalidValue(place, value, `option is larger than capacity value: ${capacity}`)]
      : [];
  errors.push(...validateSet(values, 10, rule, (value) => value, at));
  if (!values.some((value) => compareAmounts(value, preset) === 0))
    errors.push(invalidValue(at, preset, 'default value is not valid according to the requestPolicy'));
  return errors;
}

function validateRange(
  { default: preset }: CapacityRequestPolicy,
  { min, max }: Partial<CapacityRequestPolicyRange>,
  capacity: string,
  path: string,
): FieldError[] {
  if (preset === undefined) return [required(`${path}.default`, 'required when validRange is defined')];
  const at = `${path}.validRange`;
  if (min === undefined) return [required(`${at}.min`, 'required when validRange is defined')];
  const errors: FieldError[] = [];
  const more = (a: string, b: string) => compareAmounts(a, b) > 0;
  const wrong = (field: string, value: string, detail: string) =>
    errors.push(invalidValue(`${at}.${field}`, value, detail));
  if (more(min, capacity)) wrong('min', min, `min is larger than capacity value: ${capacity}`);
  if (more(min, preset)) wrong('min', preset, `default is less than min: ${min}`);
  if (max === undefined) return errors;
  if (more(min, max)) wrong('max', min, `min is larger than max: ${max}`);
  if (more(max, capacity)) wrong('max', max, `max is larger than capacity value: ${capacity}`);
  if (more(preset, max)) wrong('max', preset, `default is more than max: ${max}`);
  return errors;
}
