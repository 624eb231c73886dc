import type { Role } from '@kubets/api';
import { define } from '../define.ts';
import { nameIsPathSegment } from '../rules/names.ts';
import { validatePolicyRules } from './policy_rules.ts';
import { rbacKind } from './rbac_kinds.ts';

export const role = define<Role>({
  id: rbacKind('roles', 'Role'),
  scope: 'Namespaced',
  allowCreateOnUpdate: true,
  validateName: nameIsPathSegment,
  validate: ({ rules }) => validatePolicyRules(rules, true),
});
