import { type FieldError, invalidValue, notSupported, type PodDisruptionBudget } from '@kubets/api';
import { define } from '../define.ts';
import { validateLabelSelector } from '../rules/labels.ts';
import { type IntOrString, validateAtMost100Percent, validateIntOrPercent } from '../rules/numbers.ts';
import { columnsOf, countColumn, textColumn } from '../table/columns.ts';

export const podDisruptionBudget = define<PodDisruptionBudget>({
  id: {
    group: 'policy',
    version: 'v1',
    resource: 'poddisruptionbudgets',
    kind: 'PodDisruptionBudget',
    shortNames: ['pdb'],
  },
  scope: 'Namespaced',
  generation: 'spec',
  status: {
    initial: () => ({ disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 }),
  },
  columns: columnsOf<PodDisruptionBudget>(
    textColumn('Min Available', 'How many must stay.', ({ spec }) => shown(spec.minAvailable)),
    textColumn('Max Unavailable', 'How many may be away at once.', ({ spec }) => shown(spec.maxUnavailable)),
    countColumn(
      'Allowed Disruptions',
      'How many may be evicted now.',
      ({ status }) => status?.disruptionsAllowed,
    ),
  ),
  validate({ spec }) {
    const problems: FieldError[] = [];
    if (spec.minAvailable !== undefined && spec.maxUnavailable !== undefined) {
      problems.push(invalidValue('spec', spec, 'minAvailable and maxUnavailable cannot be both set'));
    }
    for (const field of ['minAvailable', 'maxUnavailable'] as const) {
      const value = spec[field];
      if (value === undefined) continue;
      problems.push(
        ...validateIntOrPercent(value, `spec.${field}`),
        ...validateAtMost100Percent(value, `spec.${field}`),
      );
    }
    if (spec.selector) problems.push(...validateLabelSelector(spec.selector, 'spec.selector'));
    const policies = ['AlwaysAllow', 'IfHealthyBudget'];
    if (spec.unhealthyPodEvictionPolicy && !policies.includes(spec.unhealthyPodEvictionPolicy)) {
      problems.push(
        notSupported('spec.unhealthyPodEvictionPolicy', spec.unhealthyPodEvictionPolicy, policies),
      );
    }
    return problems;
  },
});

function shown(value: IntOrString | undefined): string {
  return value === undefined ? 'N/A' : String(value);
}
