import { kindsOf } from '../define.ts';

export const appsKind = kindsOf('apps', 'v1');
