import { type ClusterRole, required } from '@kubets/api';
import { define } from '../define.ts';
import { validateLabelSelector } from '../rules/labels.ts';
import { nameIsPathSegment } from '../rules/names.ts';
import { validatePolicyRules } from './policy_rules.ts';

export const clusterRole = define<ClusterRole>({
  id: { group: 'rbac.authorization.k8s.io', version: 'v1', resource: 'clusterroles', kind: 'ClusterRole' },
  scope: 'Cluster',
  validateName: nameIsPathSegment,
  validate(object) {
    const selectors = object.aggregationRule?.clusterRoleSelectors;
    const path = 'aggregationRule.clusterRoleSelectors';
    return [
      ...validatePolicyRules(object.rules, false),
      ...(object.aggregationRule && (selectors?.length ?? 0) === 0
        ? [required(path, 'at least one clusterRoleSelector required if aggregationRule is non-nil')]
        : []),
      ...(selectors ?? []).flatMap((selector, index) => validateLabelSelector(selector, `${path}[${index}]`)),
    ];
  },
});
