// Names of resources (cpu, memory, nvidia.com/gpu ...) and what is known of each.
import { type FieldError, invalidValue, parseQuantity } from '@kubets/api';
import { qualifiedName } from '../rules/names.ts';
import { type Amounts, isWhole } from '../rules/quantities.ts';

export const hugePagesPrefix = 'hugepages-';

export function isHugePages(name: string): boolean {
  return name.startsWith(hugePagesPrefix);
}

/** In the kubernetes.io domain or without one: resources that Kubernetes itself knows. */
export function isNative(name: string): boolean {
  return !name.includes('/') || name.includes('kubernetes.io/');
}

/** Devices and the like: always whole, never overcommitted. */
export function isExtended(name: string): boolean {
  return !isNative(name) && !name.startsWith('requests.') && qualifiedName(`requests.${name}`).length === 0;
}

export function canOvercommit(name: string): boolean {
  return isNative(name) && !isHugePages(name);
}

const standardContainerResources = new Set(['cpu', 'memory', 'ephemeral-storage']);

export function isContainerResource(name: string): boolean {
  return standardContainerResources.has(name) || isHugePages(name);
}

const integerResources = new Set([
  'pods',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'resourcequotas',
  'services.nodeports',
  'services.loadbalancers',
]);

/** Amounts of a resource: never negative, and whole for what can't be cut. */
export function validateAmount(name: string, amount: string, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (parseQuantity(amount).sign() < 0)
    errors.push(invalidValue(path, amount, 'must be greater than or equal to 0'));
  if ((integerResources.has(name) || isExtended(name)) && !isWhole(amount))
    errors.push(invalidValue(path, amount, 'must be an integer'));
  return errors;
}

/** One to three digits with a suffix: how most people write amounts, and already in canonical form. */
const plain = /^[1-9][0-9]{0,2}(m|[KMGTP]i|[kMGTP])?$/;

/** Canonical amounts; those finer than a thousandth round up, as the API has only ever kept thousandths. */
export function roundUpAmounts(amounts: Amounts): Amounts {
  const rounded: Amounts = {};
  for (const [name, amount] of Object.entries(amounts)) {
    if (plain.test(amount)) rounded[name] = amount;
    else {
      const quantity = parseQuantity(amount);
      const whole = quantity.roundUp(-3);
      rounded[name] = (whole.equals(quantity) ? quantity : whole).toString();
    }
  }
  return rounded;
}

const standardResources = new Set([
  ...standardContainerResources,
  ...integerResources,
  'storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
  'requests.cpu',
  'requests.memory',
  'requests.ephemeral-storage',
  'requests.storage',
]);

export function validateResourceName(name: string, path: string): FieldError[] {
  const messages = qualifiedName(name);
  if (messages.length > 0) return messages.map((message) => invalidValue(path, name, message));
  const standard = standardResources.has(name) || /^(requests\.)?hugepages-/.test(name);
  return name.includes('/') || standard
    ? []
    : [invalidValue(path, name, 'must be a standard resource type or fully qualified')];
}
