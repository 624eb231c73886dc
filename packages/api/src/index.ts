export type { FieldError } from './field_error.ts';
export type * from './generated/types.ts';
export { controllerOf, type KubeObject, type New, objectKey, splitKey } from './object.ts';
export type * from './schema.ts';
