import { kindsOf } from '../define.ts';

export const storageKind = kindsOf('storage.k8s.io', 'v1');
