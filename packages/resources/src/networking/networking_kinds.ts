import { kindsOf } from '../define.ts';

export const networkingKind = kindsOf('networking.k8s.io', 'v1');
