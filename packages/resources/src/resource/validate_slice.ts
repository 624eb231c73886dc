import {
  type CounterSet,
  type Device,
  type FieldError,
  invalidValue,
  type ResourcePool,
  type ResourceSlice,
  type ResourceSliceSpec,
  required,
  tooMany,
} from '@kubets/api';
import { validateNodeSelector } from '../core/pod/validate_affinity.ts';
import { validateCsiDriverName } from '../core/volume_rules.ts';
import { sameValue } from '../rules/equality.ts';
import { immutableText } from '../rules/labels.ts';
import { dns1123Subdomain } from '../rules/names.ts';
import {
  validateBindingConditions,
  validateDeviceLabel,
  validateList,
  validateNamed,
  validatePoolName,
  validateQualifiedName,
  validateSet,
  validateTaint,
} from './device_rules.ts';
import { validateAttribute, validateCapacity } from './validate_attributes.ts';

const maxDevices = 128;
/** With taints or shared counters, devices take more room. */
const maxLargeDevices = 64;

export function validateSlice({ spec }: ResourceSlice, old?: ResourceSlice): FieldError[] {
  const { driver = '', pool, sharedCounters, devices } = spec;
  const errors = [
    ...validateCsiDriverName(driver, 'spec.driver'),
    ...validatePool(pool, 'spec.pool'),
    ...(old ? validateFixed(spec, old.spec) : []),
    ...validatePlace(spec, 'spec'),
  ];
  if (sharedCounters && devices)
    errors.push(invalidValue('spec', '', 'only one of `sharedCounters` or `devices` is allowed'));
  const large = devices?.some(({ taints, consumesCounters }) => taints?.length || consumesCounters?.length);
  const before = new Map((old?.spec.devices ?? []).map((device) => [device.name, device]));
  return [
    ...errors,
    ...validateSet(
      devices,
      large ? maxLargeDevices : maxDevices,
      (device, path) => validateDevice(device, before.get(device.name), spec, path),
      ({ name }) => name ?? '',
      'spec.devices',
    ),
    ...validateSet(sharedCounters, 8, validateCounterSet, ({ name }) => name ?? '', 'spec.sharedCounters'),
  ];
}

function validateFixed(next: ResourceSliceSpec, old: ResourceSliceSpec): FieldError[] {
  return [
    ...(next.pool?.name === old.pool?.name
      ? []
      : [invalidValue('spec.pool.name', next.pool?.name ?? '', immutableText)]),
    ...(['driver', 'nodeName'] as const)
      .filter((field) => next[field] !== old[field])
      .map((field) => invalidValue(`spec.${field}`, next[field] ?? null, immutableText)),
  ];
}

function validatePool(pool: Partial<ResourcePool> = {}, path: string): FieldError[] {
  const { name, resourceSliceCount = 0, generation = 0 } = pool;
  const errors = validatePoolName(name, `${path}.name`);
  if (resourceSliceCount <= 0)
    errors.push(invalidValue(`${path}.resourceSliceCount`, resourceSliceCount, 'must be greater than zero'));
  if (generation < 0)
    errors.push(invalidValue(`${path}.generation`, generation, 'must be greater than or equal to zero'));
  return errors;
}

/** From where the devices can be reached. */
function validatePlace(spec: ResourceSliceSpec, path: string): FieldError[] {
  const { nodeName, nodeSelector } = spec;
  const errors: FieldError[] = [];
  const set: string[] = [];
  if (nodeName) {
    set.push('`nodeName`');
    errors.push(...validateNamed(nodeName, dns1123Subdomain, `${path}.nodeName`));
  } else if (nodeName !== undefined)
    errors.push(
      invalidValue(`${path}.nodeName`, nodeName, 'must be either unset or set to a non-empty string'),
    );
  if (nodeSelector) {
    const terms = nodeSelector.nodeSelectorTerms ?? [];
    set.push('`nodeSelector`');
    errors.push(...validateNodeSelector(nodeSelector, `${path}.nodeSelector`));
    if (terms.length !== 1)
      errors.push(
        invalidValue(
          `${path}.nodeSelector.nodeSelectorTerms`,
          terms,
          'must have exactly one node selector term',
        ),
      );
  }
  for (const field of ['allNodes', 'perDeviceNodeSelection'] as const) {
    if (spec[field]) set.push(`\`${field}\``);
    else if (spec[field] === false)
      errors.push(invalidValue(`${path}.${field}`, false, 'must be either unset or set to true'));
  }
  const text = 'exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required';
  if (set.length === 0) errors.push(required(path, text));
  if (set.length > 1)
    errors.push(invalidValue(path, `{${set.join(', ')}}`, `${text}, but multiple fields are set`));
  return errors;
}

function validateDevice(
  device: Device,
  old: Device | undefined,
  slice: ResourceSliceSpec,
  path: string,
): FieldError[] {
  const { name, attributes = {}, capacity = {}, taints, consumesCounters } = device;
  const errors = validateDeviceLabel(name, `${path}.name`);
  const values = Object.keys(attributes).length + Object.keys(capacity).length;
  if (values > 32)
    errors.push(
      invalidValue(path, values, 'the total number of attributes and capacities must not exceed 32'),
    );
  for (const [key, attribute] of Object.entries(attributes))
    errors.push(
      ...validateQualifiedName(key, `${path}.attributes`),
      ...validateAttribute(attribute, `${path}.attributes[${key}]`),
    );
  for (const [key, amount] of Object.entries(capacity))
    errors.push(
      ...validateQualifiedName(key, `${path}.capacity`),
      ...validateCapacity(amount, device.allowMultipleAllocations === true, `${path}.capacity[${key}]`),
    );
  if (!old || !sameValue(taints, old.taints))
    errors.push(...validateList(taints, 16, validateTaint, `${path}.taints`));
  return [
    ...errors,
    ...validateSet(
      consumesCounters,
      2,
      ({ counterSet, counters }, at) => validateCounters(counterSet, counters, 'counterSet', at),
      ({ counterSet }) => counterSet ?? '',
      `${path}.consumesCounters`,
    ),
    ...validateDevicePlace(device, slice.perDeviceNodeSelection === true, path),
    ...validateBindingConditions(device.bindingConditions, device.bindingFailureConditions, path),
  ];
}

function validateDevicePlace(device: Device, ownPlace: boolean, path: string): FieldError[] {
  const { nodeName, nodeSelector, allNodes } = device;
  const suffix = 'set to true in the ResourceSlice spec';
  if (!ownPlace)
    return nodeName === undefined && !nodeSelector && allNodes === undefined
      ? []
      : [
          invalidValue(
            path,
            null,
            `\`nodeName\`, \`nodeSelector\` and \`allNodes\` can only be set if \`perDeviceNodeSelection\` is ${suffix}`,
          ),
        ];
  const errors: FieldError[] = [];
  const set: string[] = [];
  if (nodeName) {
    set.push('`nodeName`');
    errors.push(...validateNamed(nodeName, dns1123Subdomain, `${path}.nodeName`));
  } else if (nodeName !== undefined)
    errors.push(invalidValue(`${path}.nodeName`, nodeName, 'must not be empty'));
  if (nodeSelector) {
    set.push('`nodeSelector`');
    errors.push(...validateNodeSelector(nodeSelector, `${path}.nodeSelector`));
  }
  if (allNodes) set.push('`allNodes`');
  else if (allNodes === false)
    errors.push(invalidValue(`${path}.allNodes`, false, 'must be either unset or set to true'));
  const text = `exactly one of \`nodeName\`, \`nodeSelector\`, or \`allNodes\` is required when \`perDeviceNodeSelection\` is ${suffix}`;
  if (set.length === 0) errors.push(required(path, text));
  if (set.length > 1) errors.push(invalidValue(path, `{${set.join(', ')}}`, text));
  return errors;
}

function validateCounterSet({ name, counters }: CounterSet, path: string): FieldError[] {
  return validateCounters(name, counters, 'name', path);
}

function validateCounters(
  name: string | undefined,
  counters: CounterSet['counters'] | undefined,
  nameField: string,
  path: string,
): FieldError[] {
  const names = Object.keys(counters ?? {});
  const at = `${path}.counters`;
  const errors = name
    ? validateDeviceLabel(name, `${path}.${nameField}`)
    : [required(`${path}.${nameField}`)];
  if (names.length === 0) return [...errors, required(at)];
  if (names.length > 32) return [...errors, tooMany(at, names.length, 32)];
  return [...errors, ...names.flatMap((counter) => validateDeviceLabel(counter, at))];
}
