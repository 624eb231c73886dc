// Which nodes and which neighbours a pod wants.
import {
  type Affinity,
  type FieldError,
  forbiddenField,
  invalidValue,
  type LabelSelector,
  type NodeSelector,
  type NodeSelectorRequirement,
  type NodeSelectorTerm,
  type PodAffinity,
  type PodAffinityTerm,
  required,
} from '@kubets/api';
import { validateLabelName, validateLabelSelector } from '../../rules/labels.ts';
import { dns1123Label, dns1123Subdomain, labelValue } from '../../rules/names.ts';

const requiredTerms = 'requiredDuringSchedulingIgnoredDuringExecution';
const preferredTerms = 'preferredDuringSchedulingIgnoredDuringExecution';

export function validateAffinity(affinity: Affinity | undefined, path: string): FieldError[] {
  if (!affinity) return [];
  const { nodeAffinity, podAffinity, podAntiAffinity } = affinity;
  const errors: FieldError[] = [];
  if (nodeAffinity) {
    const at = `${path}.nodeAffinity`;
    if (nodeAffinity[requiredTerms])
      errors.push(...validateNodeSelector(nodeAffinity[requiredTerms], `${at}.${requiredTerms}`));
    nodeAffinity[preferredTerms]?.forEach(({ weight, preference }, i) => {
      const term = `${at}.${preferredTerms}[${i}]`;
      errors.push(...validateWeight(weight, term));
      errors.push(...validateNodeTerm(preference ?? {}, `${term}.preference`, false));
    });
  }
  if (podAffinity) errors.push(...validatePodAffinity(podAffinity, `${path}.podAffinity`));
  if (podAntiAffinity) errors.push(...validatePodAffinity(podAntiAffinity, `${path}.podAntiAffinity`));
  return errors;
}

export function validateNodeSelector(selector: NodeSelector, path: string): FieldError[] {
  const terms = selector.nodeSelectorTerms ?? [];
  if (terms.length === 0)
    return [required(`${path}.nodeSelectorTerms`, 'must have at least one node selector term')];
  return terms.flatMap((term, i) => validateNodeTerm(term, `${path}.nodeSelectorTerms[${i}]`, true));
}

function validateNodeTerm(term: NodeSelectorTerm, path: string, checkValues: boolean): FieldError[] {
  return [
    ...(term.matchExpressions ?? []).flatMap((requirement, i) =>
      validateNodeRequirement(requirement, `${path}.matchExpressions[${i}]`, checkValues),
    ),
    ...(term.matchFields ?? []).flatMap((requirement, i) =>
      validateNodeField(requirement, `${path}.matchFields[${i}]`),
    ),
  ];
}

function validateNodeRequirement(
  { key = '', operator, values = [] }: NodeSelectorRequirement,
  path: string,
  checkValues: boolean,
): FieldError[] {
  const errors: FieldError[] = [];
  const at = `${path}.values`;
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length === 0)
      errors.push(required(at, "must be specified when `operator` is 'In' or 'NotIn'"));
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length > 0)
      errors.push(forbiddenField(at, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
  } else if (operator === 'Gt' || operator === 'Lt') {
    if (values.length !== 1)
      errors.push(required(at, "must be specified single value when `operator` is 'Lt' or 'Gt'"));
  } else errors.push(invalidValue(`${path}.operator`, operator ?? '', 'not a valid selector operator'));
  errors.push(...validateLabelName(key, `${path}.key`));
  if (checkValues)
    values.forEach((value, i) => {
      for (const message of labelValue(value)) errors.push(invalidValue(`${at}[${i}]`, value, message));
    });
  return errors;
}

function validateNodeField(
  { key = '', operator, values = [] }: NodeSelectorRequirement,
  path: string,
): FieldError[] {
  const errors: FieldError[] = [];
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length !== 1)
      errors.push(
        required(
          `${path}.values`,
          "must be only one value when `operator` is 'In' or 'NotIn' for node field selector",
        ),
      );
  } else errors.push(invalidValue(`${path}.operator`, operator ?? '', 'not a valid selector operator'));
  if (key !== 'metadata.name')
    return [...errors, invalidValue(`${path}.key`, key, 'not a valid field selector key')];
  values.forEach((value, i) => {
    for (const message of dns1123Subdomain(value))
      errors.push(invalidValue(`${path}.values[${i}]`, value, message));
  });
  return errors;
}

function validatePodAffinity(affinity: PodAffinity, path: string): FieldError[] {
  return [
    ...(affinity[requiredTerms] ?? []).flatMap((term, i) =>
      validatePodTerm(term, `${path}.${requiredTerms}[${i}]`),
    ),
    ...(affinity[preferredTerms] ?? []).flatMap(({ weight, podAffinityTerm }, i) => {
      const at = `${path}.${preferredTerms}[${i}]`;
      return [...validateWeight(weight, at), ...validatePodTerm(podAffinityTerm, `${at}.podAffinityTerm`)];
    }),
  ];
}

function validateWeight(weight: number | undefined, path: string): FieldError[] {
  return (weight ?? 0) <= 0 || weight! > 100
    ? [invalidValue(`${path}.weight`, weight ?? 0, 'must be in the range 1-100')]
    : [];
}

function validatePodTerm(term: PodAffinityTerm | undefined, path: string): FieldError[] {
  const { labelSelector, namespaceSelector, namespaces, topologyKey = '' } = term ?? {};
  const errors = [
    ...validateLabelSelector(labelSelector, `${path}.labelSelector`),
    ...validateLabelSelector(namespaceSelector, `${path}.namespaceSelector`),
  ];
  for (const name of namespaces ?? [])
    for (const message of dns1123Label(name)) errors.push(invalidValue(`${path}.namespace`, name, message));
  errors.push(...validateLabelKeys(path, labelSelector, term?.matchLabelKeys, term?.mismatchLabelKeys));
  if (!topologyKey) errors.push(required(`${path}.topologyKey`, 'can not be empty'));
  return [...errors, ...validateLabelName(topologyKey, `${path}.topologyKey`)];
}

/** Keys whose values come from the pod itself (KEP-3633), merged into the selector when the pod is created. */
export function validateLabelKeys(
  path: string,
  selector: LabelSelector | undefined,
  match: string[] = [],
  mismatch: string[] = [],
): FieldError[] {
  const errors: FieldError[] = [];
  for (const [list, keys] of [
    ['matchLabelKeys', match],
    ['mismatchLabelKeys', mismatch],
  ] as const) {
    if (keys.length > 0 && !selector)
      errors.push(forbiddenField(`${path}.${list}`, 'must not be specified when labelSelector is not set'));
    else keys.forEach((key, i) => void errors.push(...validateLabelName(key, `${path}.${list}[${i}]`)));
  }
  const inSelector = new Set(Object.keys(selector?.matchLabels ?? {}));
  for (const { key } of selector?.matchExpressions ?? []) {
    // The key that creation merged in stands once; twice means that the user had it there too.
    if (match.includes(key) && inSelector.has(key))
      errors.push(
        invalidValue(
          `${path}[${match.lastIndexOf(key)}]`,
          key,
          'exists in both matchLabelKeys and labelSelector',
        ),
      );
    inSelector.add(key);
  }
  match.forEach((key, i) => {
    if (mismatch.includes(key))
      errors.push(
        invalidValue(
          `${path}.matchLabelKeys[${i}]`,
          key,
          'exists in both matchLabelKeys and mismatchLabelKeys',
        ),
      );
  });
  return errors;
}
