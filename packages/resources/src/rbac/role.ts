import type { Role } from '@kubets/api';
import { define } from '../define.ts';
import { nameIsPathSegment } from '../rules/names.ts';
import { validatePolicyRules } from './policy_rules.ts';

export const role = define<Role>({
  id: { group: 'rbac.authorization.k8s.io', version: 'v1', resource: 'roles', kind: 'Role' },
  scope: 'Namespaced',
  validateName: nameIsPathSegment,
  validate: (object) => validatePolicyRules(object.rules, true),
});
