export type * from './runtime/runtime.ts';
