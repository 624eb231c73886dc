import { type ClusterRole, type FieldError, invalidValue, required } from '@kubets/api';
import { define } from '../define.ts';
import { validateLabelSelector } from '../rules/labels.ts';
import { nameIsPathSegment } from '../rules/names.ts';
import { validatePolicyRules } from './policy_rules.ts';
import { rbacKind } from './rbac_kinds.ts';

export const clusterRole = define<ClusterRole>({
  id: rbacKind('clusterroles', 'ClusterRole'),
  scope: 'Cluster',
  allowCreateOnUpdate: true,
  validateName: nameIsPathSegment,
  validate: ({ rules, aggregationRule }) => [
    ...validatePolicyRules(rules, false),
    ...validateAggregation(aggregationRule),
  ],
});

/** The rules of other roles, found by label, make up those of this one. */
function validateAggregation(rule: ClusterRole['aggregationRule']): FieldError[] {
  if (!rule) return [];
  const path = 'aggregationRule.clusterRoleSelectors';
  const selectors = rule.clusterRoleSelectors ?? [];
  if (selectors.length === 0)
    return [required(path, 'at least one clusterRoleSelector required if aggregationRule is non-nil')];
  return selectors.flatMap((selector, i) => {
    const errors = validateLabelSelector(selector, `${path}[${i}]`);
    return errors.length === 0
      ? []
      : [...errors, invalidValue(`${path}[${i}]`, null, 'invalid label selector.')];
  });
}
