import type { LabelSelector, NodeSelectorTerm } from '@kubets/api';
import { labelValue } from '../rules/names.ts';

const deprecated = new Map([
  ['beta.kubernetes.io/arch', 'deprecated since v1.14; use "kubernetes.io/arch" instead'],
  ['beta.kubernetes.io/os', 'deprecated since v1.14; use "kubernetes.io/os" instead'],
  [
    'failure-domain.beta.kubernetes.io/region',
    'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  ],
  [
    'failure-domain.beta.kubernetes.io/zone',
    'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  ],
  [
    'beta.kubernetes.io/instance-type',
    'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
  ],
  ['app.kubernetes.io/created-by', 'deprecated since v1.9'],
  [
    'scheduler.alpha.kubernetes.io/preferAvoidPods',
    'deprecated since v1.22; use Taints and Tolerations instead',
  ],
  ['node-role.kubernetes.io/master', 'use "node-role.kubernetes.io/control-plane" instead'],
]);

/** `path: why`, for a label that nodes should not be chosen by any more. */
export function warnOfNodeLabel(label: string, path: string): string[] {
  const message = deprecated.get(label);
  return message === undefined ? [] : [`${path}: ${message}`];
}

/** The same where the path does not say which label it is. */
export function warnOfNodeLabelKey(label: string, path: string): string[] {
  const message = deprecated.get(label);
  return message === undefined ? [] : [`${path}: ${label} is ${message}`];
}

export function warnOfNodeSelectorTerm(
  { matchExpressions = [] }: NodeSelectorTerm,
  path: string,
  { checkValues = false } = {},
): string[] {
  return matchExpressions.flatMap(({ key, values = [] }, i) => {
    const at = `${path}.matchExpressions[${i}]`;
    const bad = checkValues
      ? values.flatMap((value, j) =>
          labelValue(value).map((message) => `${at}.values[${j}]: ${value} is invalid, ${message}`),
        )
      : [];
    return [...warnOfNodeLabelKey(key, `${at}.key`), ...bad];
  });
}

export function warnOfNodeTopology(
  { matchExpressions = [], matchLabels = {} }: LabelSelector,
  path: string,
): string[] {
  return [
    ...matchExpressions.flatMap(({ key }, i) =>
      warnOfNodeLabelKey(key, `${path}.matchExpressions[${i}].key`),
    ),
    ...Object.keys(matchLabels).flatMap((label) => warnOfNodeLabel(label, `${path}.matchLabels.${label}`)),
  ];
}
