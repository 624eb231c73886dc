import { kindsOf } from '../define.ts';

export const rbacGroup = 'rbac.authorization.k8s.io';
export const rbacKind = kindsOf(rbacGroup, 'v1');
