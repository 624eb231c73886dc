export type * from './resource.ts';
