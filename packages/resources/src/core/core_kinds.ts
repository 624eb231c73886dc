import { kindsOf } from '../define.ts';

export const coreKind = kindsOf('', 'v1');
