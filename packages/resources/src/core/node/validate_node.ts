import {
  duplicate,
  type FieldError,
  forbiddenField,
  invalidValue,
  type Node,
  notSupported,
  required,
  type Taint,
} from '@kubets/api';
import { sameValue } from '../../rules/equality.ts';
import { goStruct } from '../../rules/go_struct.ts';
import { parseCidr } from '../../rules/ip_address.ts';
import { validateLegacyCidr } from '../../rules/ip_rules.ts';
import { validateLabelName } from '../../rules/labels.ts';
import { labelValue } from '../../rules/names.ts';
import { taintEffects } from '../pod/validate_scheduling.ts';
import { validateAmount } from '../resource_names.ts';

export function validateNode(node: Node): FieldError[] {
  const podCidrs = node.spec?.podCIDRs ?? [];
  const errors = [
    ...validateTaints(node.spec?.taints, 'metadata.taints'),
    ...validateAmounts(node),
    ...validateSwap(node),
    ...validateDeclaredFeatures(node.status?.declaredFeatures),
    ...podCidrs.flatMap((cidr, i) => validateLegacyCidr(cidr, `spec.podCIDRs[${i}]`)),
  ];
  const families = new Set(podCidrs.map((cidr) => parseCidr(cidr)?.address.family));
  const unreadable = podCidrs.findIndex((cidr) => !parseCidr(cidr));
  if (podCidrs.length > 1 && unreadable >= 0)
    errors.push({
      field: 'spec.podCIDRs',
      reason: 'InternalError',
      message: `Internal error: invalid PodCIDRs. failed to check with dual stack with error:invalid CIDR[${unreadable}]: <nil> (invalid CIDR address: ${podCidrs[unreadable]})`,
    });
  if (podCidrs.length > 1 && (unreadable >= 0 || families.size !== podCidrs.length))
    errors.push(
      invalidValue('spec.podCIDRs', podCidrs, 'may specify no more than one CIDR for each IP family'),
    );
  return errors;
}

/** Rules of every update, of the status too. */
export function validateNodeChange(next: Node, old: Node): FieldError[] {
  const errors = [...validateAmounts(next), ...validateDeclaredFeatures(next.status?.declaredFeatures)];
  const seen = new Set<string>();
  next.status?.addresses?.forEach((address, i) => {
    const key = `${address.type} ${address.address}`;
    if (seen.has(key))
      errors.push(duplicate(`status.addresses[${i}]`, { Type: address.type, Address: address.address }));
    seen.add(key);
  });
  const oldCidrs = old.spec?.podCIDRs ?? [];
  if (oldCidrs.length > 0 && !sameValue(oldCidrs, next.spec?.podCIDRs))
    errors.push(
      forbiddenField('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid'),
    );
  if (old.spec?.providerID && old.spec.providerID !== next.spec?.providerID)
    errors.push(
      forbiddenField('spec.providerID', 'node updates may not change providerID except from "" to valid'),
    );
  errors.push(...validateTaints(next.spec?.taints, 'metadata.taints'));
  if ((old.spec?.externalID ?? '') !== (next.spec?.externalID ?? ''))
    errors.push(forbiddenField('spec.externalID', 'may not be updated'));
  return errors;
}

function validateSwap({ status }: Node): FieldError[] {
  const capacity = status?.nodeInfo?.swap?.capacity;
  return capacity === undefined || capacity > 0
    ? []
    : [invalidValue('metadata.nodeSwapStatus.capacity', capacity, 'must be greater than zero')];
}

const featureName = /^[A-Z][a-zA-Z0-9]*(\/[a-zA-Z][a-zA-Z0-9]*)*$/;

/** What the node says that it can do (KEP-5328): sorted, each once. */
function validateDeclaredFeatures(features: string[] = []): FieldError[] {
  return features.flatMap((feature, i) => {
    const path = (at: number) => `status.declaredFeatures[${at}]`;
    const fault =
      feature.length > 253
        ? 'must be no more than 253 characters'
        : featureName.test(feature)
          ? undefined
          : "must start with an UpperCamelCase segment, with subsequent segments separated by '/' (e.g., MyFeature or MyFeature/mySubFeature), and contain only alphanumeric characters and slashes";
    const errors = fault
      ? [invalidValue(path(i), feature, `invalid feature name ${JSON.stringify(feature)}: ${fault}`)]
      : [];
    const following = features[i + 1];
    if (following === feature) errors.push(duplicate(path(i + 1), following));
    else if (following !== undefined && feature > following)
      errors.push(invalidValue(path(i + 1), following, 'list must be sorted alphabetically'));
    return errors;
  });
}

function validateAmounts({ status }: Node): FieldError[] {
  return (['capacity', 'allocatable'] as const).flatMap((list) =>
    Object.entries(status?.[list] ?? {}).flatMap(([name, amount]) =>
      validateAmount(name, amount, `status.${list}.${name}`),
    ),
  );
}

function validateTaints(taints: Taint[] = [], path: string): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  taints.forEach((taint, i) => {
    const { key = '', value = '', effect } = taint;
    const at = `${path}[${i}]`;
    errors.push(...validateLabelName(key, `${at}.key`));
    const messages = labelValue(value);
    if (messages.length > 0) errors.push(invalidValue(`${at}.value`, value, messages.join(';')));
    if (!effect) errors.push(required(`${at}.effect`));
    else if (!taintEffects.includes(effect)) errors.push(notSupported(`${at}.effect`, effect, taintEffects));
    const pair = `${effect} ${key}`;
    if (seen.has(pair)) {
      const error = duplicate(at, goStruct(taint, 'core.v1.Taint'));
      errors.push({ ...error, message: `${error.message}: taints must be unique by key and effect pair` });
    }
    seen.add(pair);
  });
  return errors;
}
