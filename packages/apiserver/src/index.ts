export type * from './access.ts';
export type * from './request.ts';
