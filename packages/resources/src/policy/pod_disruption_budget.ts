import { type FieldError, invalidValue, notSupported, type PodDisruptionBudget } from '@kubets/api';
import { define, kindsOf } from '../define.ts';
import { validateConditions } from '../rules/conditions.ts';
import { goStruct } from '../rules/go_struct.ts';
import { validateLabelSelector } from '../rules/labels.ts';
import { nameIsPathSegment } from '../rules/names.ts';
import {
  type IntOrString,
  validateAtMost100Percent,
  validateIntOrPercent,
  validateNonNegative,
} from '../rules/numbers.ts';
import { columnsOf, countColumn, textColumn } from '../table/columns.ts';

export const podDisruptionBudget = define<PodDisruptionBudget>({
  id: kindsOf('policy', 'v1')('poddisruptionbudgets', 'PodDisruptionBudget', { shortNames: ['pdb'] }),
  scope: 'Namespaced',
  allowUnconditionalUpdate: false,
  columns: columnsOf<PodDisruptionBudget>(
    textColumn('Min Available', 'How many must stay.', ({ spec }) => shown(spec?.minAvailable)),
    textColumn('Max Unavailable', 'How many may be away at once.', ({ spec }) => shown(spec?.maxUnavailable)),
    countColumn(
      'Allowed Disruptions',
      'How many may be evicted now.',
      ({ status }) => status?.disruptionsAllowed,
    ),
  ),
  generation: 'spec',
  // Upstream has never asked more of its name.
  validateName: nameIsPathSegment,
  ownMetaRules: false,
  validate: validateBudget,
  status: {
    initial: () => ({ disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 }),
    validate: ({ status }) => [
      ...validateConditions(status?.conditions, 'status.conditions'),
      ...(['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods'] as const).flatMap(
        (field) => validateNonNegative(status?.[field], `status.${field}`),
      ),
    ],
  },
});

function validateBudget({ spec = {} }: PodDisruptionBudget, old?: PodDisruptionBudget): FieldError[] {
  const errors: FieldError[] = [];
  if (spec.minAvailable !== undefined && spec.maxUnavailable !== undefined)
    errors.push(
      invalidValue(
        'spec',
        goStruct(spec, 'policy.v1.PodDisruptionBudgetSpec'),
        'minAvailable and maxUnavailable cannot be both set',
      ),
    );
  for (const field of ['minAvailable', 'maxUnavailable'] as const) {
    const value = spec[field];
    if (value === undefined) continue;
    errors.push(
      ...validateIntOrPercent(value, `spec.${field}`),
      ...validateAtMost100Percent(value, `spec.${field}`),
    );
  }
  const allowInvalidValues = validateLabelSelector(old?.spec?.selector, '').length > 0;
  errors.push(...validateLabelSelector(spec.selector, 'spec.selector', { allowInvalidValues }));
  const policy = spec.unhealthyPodEvictionPolicy;
  const policies = ['AlwaysAllow', 'IfHealthyBudget'];
  if (policy !== undefined && !policies.includes(policy))
    errors.push(notSupported('spec.unhealthyPodEvictionPolicy', policy, policies));
  return errors;
}

function shown(value: IntOrString | undefined): string {
  return value === undefined ? 'N/A' : String(value);
}
