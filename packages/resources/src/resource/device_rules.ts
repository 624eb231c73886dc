// Rules that kinds of dynamic resource allocation share. Whether CEL selectors compile is for who evaluates them.
import {
  type DeviceSelector,
  type DeviceTaint,
  type DeviceToleration,
  duplicate,
  type FieldError,
  invalidValue,
  notSupported,
  type OpaqueDeviceConfiguration,
  required,
  tooLong,
  tooMany,
} from '@kubets/api';
import { validateCsiDriverName } from '../core/volume_rules.ts';
import { validateOneOf } from '../rules/enums.ts';
import { byteLength, validateLabelName } from '../rules/labels.ts';
import { cIdentifier, dns1123Label, dns1123Subdomain, labelValue } from '../rules/names.ts';

export const taintEffects = ['NoExecute', 'NoSchedule', 'None'];

type ItemRule<T> = (item: T, path: string) => FieldError[];

/** Rules for each item of a list that may not be too long. */
export function validateList<T>(
  list: readonly T[] | undefined,
  max: number,
  rule: ItemRule<T>,
  path: string,
): FieldError[] {
  const items = list ?? [];
  return items.length > max
    ? [tooMany(path, items.length, max)]
    : items.flatMap((item, i) => rule(item, `${path}[${i}]`));
}

/** As `validateList`, where no two items may have the same key. */
export function validateSet<T>(
  list: readonly T[] | undefined,
  max: number,
  rule: ItemRule<T>,
  keyOf: (item: T) => string,
  path: string,
): FieldError[] {
  const keys = (list ?? []).map(keyOf);
  const errors = validateList(list, max, rule, path);
  if (keys.length > max) return errors;
  keys.forEach((key, i) => {
    if (keys.indexOf(key) < i) errors.push(duplicate(`${path}[${i}]`, key));
  });
  return errors;
}

export function validateNamed(
  name: string | undefined,
  rule: (name: string) => string[],
  path: string,
): FieldError[] {
  return rule(name ?? '').map((message) => invalidValue(path, name ?? '', message));
}

export const validateDeviceLabel: ItemRule<string | undefined> = (name, path) =>
  validateNamed(name, dns1123Label, path);

export function validatePoolName(name: string | undefined, path: string): FieldError[] {
  if (!name) return [required(path)];
  return [
    ...(name.length > 253 ? [tooLong(path, undefined, 253)] : []),
    ...name.split('/').flatMap((part) => validateNamed(part, dns1123Subdomain, path)),
  ];
}

export function validateSelectors(selectors: DeviceSelector[] | undefined, path: string): FieldError[] {
  const max = 10 * 1024;
  return validateList(
    selectors,
    32,
    ({ cel }, at) => {
      if (!cel) return [required(`${at}.cel`)];
      return byteLength(cel.expression ?? '') > max ? [tooLong(`${at}.cel.expression`, undefined, max)] : [];
    },
    path,
  );
}

export function validateConfiguration(
  opaque: OpaqueDeviceConfiguration | undefined,
  path: string,
): FieldError[] {
  if (!opaque) return [required(`${path}.opaque`)];
  const { driver, parameters } = opaque;
  return [
    ...validateCsiDriverName(driver ?? '', `${path}.opaque.driver`),
    ...validateRawObject(parameters, `${path}.opaque.parameters`),
  ];
}

/** Data that only a driver understands: some object, not too long. */
export function validateRawObject(value: unknown, path: string): FieldError[] {
  const max = 10 * 1024;
  if (value === undefined || value === null) return [required(path)];
  if (byteLength(JSON.stringify(value)) > max) return [tooLong(path, undefined, max)];
  return typeof value === 'object' && !Array.isArray(value)
    ? []
    : [invalidValue(path, '<value omitted>', 'must be a valid JSON object')];
}

export function validateTaint(taint: DeviceTaint, path: string): FieldError[] {
  const { key = '', value, effect } = taint;
  return [
    ...validateLabelName(key, `${path}.key`),
    ...(value ? validateNamed(value, labelValue, `${path}.value`) : []),
    ...validateOneOf(effect, taintEffects, `${path}.effect`),
  ];
}

export function validateToleration(toleration: DeviceToleration, path: string): FieldError[] {
  const { key, operator, value = '', effect } = toleration;
  const errors = key ? validateLabelName(key, `${path}.key`) : [];
  if (operator === 'Exists' && value)
    errors.push(invalidValue(`${path}.value`, value, 'must be empty for operator `Exists`'));
  else if (operator === 'Equal') errors.push(...validateNamed(value, labelValue, `${path}.value`));
  else if (operator !== 'Exists')
    errors.push(
      operator
        ? notSupported(`${path}.operator`, operator, ['Equal', 'Exists'])
        : required(`${path}.operator`),
    );
  if (effect && !taintEffects.includes(effect))
    errors.push(notSupported(`${path}.effect`, effect, taintEffects));
  return errors;
}

/** `memory` or `gpu.example.com/memory`. */
export function validateQualifiedName(name: string, path: string): FieldError[] {
  const [first = '', second, ...rest] = name.split('/');
  if (rest.length > 0) return [];
  if (second === undefined) return validateId(first, path);
  return [
    ...(first === ''
      ? [invalidValue(path, '', 'the domain must not be empty')]
      : validateCsiDriverName(first, path)),
    ...(second === '' ? [invalidValue(path, '', 'the name must not be empty')] : validateId(second, path)),
  ];
}

export function validateFullyQualifiedName(name: string, path: string): FieldError[] {
  const errors = validateQualifiedName(name, path);
  if (!name.includes('/'))
    errors.push(
      invalidValue(path, name, 'a fully qualified name must be a domain and a name separated by a slash'),
    );
  return errors;
}

function validateId(id: string, path: string): FieldError[] {
  return [...(id.length > 32 ? [tooLong(path, undefined, 32)] : []), ...validateNamed(id, cIdentifier, path)];
}

export function validateBindingConditions(
  conditions: string[] = [],
  failureConditions: string[] = [],
  path: string,
): FieldError[] {
  const [wait, fail] = [`${path}.bindingConditions`, `${path}.bindingFailureConditions`];
  const errors = [
    ...validateSet(conditions, 4, validateLabelName, (name) => name, wait),
    ...validateSet(failureConditions, 4, validateLabelName, (name) => name, fail),
  ];
  failureConditions.forEach((condition, i) => {
    if (conditions.includes(condition))
      errors.push(
        invalidValue(
          `${fail}[${i}]`,
          condition,
          'bindingFailureConditions must not overlap with bindingConditions',
        ),
      );
  });
  if (conditions.length === 0 && failureConditions.length > 0)
    errors.push(invalidValue(wait, null, 'bindingConditions are required to use bindingFailureConditions'));
  if (failureConditions.length === 0 && conditions.length > 0)
    errors.push(invalidValue(fail, null, 'bindingFailureConditions are required to use bindingConditions'));
  return errors;
}
