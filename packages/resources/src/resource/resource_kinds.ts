import { kindsOf } from '../define.ts';

export const resourceKind = kindsOf('resource.k8s.io', 'v1');
