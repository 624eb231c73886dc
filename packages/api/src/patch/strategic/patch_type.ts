// What a strategic merge patch needs to know of the place where it is: the types of fields, how their values
// are merged, and by which key the items of lists are the same.
import { typeSchema } from '../../schema/find_type.ts';
import { StrategicPatchProblem } from './patch_problem.ts';

export interface FieldMeta {
  /** `merge` for lists that are merged, `replace` for objects that are replaced whole, or empty. */
  strategy: string;
  /** Empty for lists of scalars. */
  mergeKey: string;
  /** Of the field's value, or of its items. */
  type: PatchType;
}

export type PatchType =
  | { kind: 'object'; name: string }
  /** A map from string to values of one type. */
  | { kind: 'map'; of: PatchType }
  /** Values without fields: scalars, quantities, raw JSON. */
  | { kind: 'leaf'; name: string };

export function patchTypeOf(name: string): PatchType {
  const schema = typeSchema(name);
  return schema && !schema.special ? { kind: 'object', name } : { kind: 'leaf', name };
}

/** Throws for a field that the type doesn't have. */
export function fieldMeta(type: PatchType, key: string): FieldMeta {
  if (type.kind === 'map') return { strategy: '', mergeKey: '', type: type.of };
  const field = type.kind === 'object' ? typeSchema(type.name)?.fields?.[key] : undefined;
  if (!field) {
    const struct = type.name.slice(type.name.lastIndexOf('.') + 1);
    throw new StrategicPatchProblem(
      `unable to find api field in struct ${struct} for the json field ${JSON.stringify(key)}`,
    );
  }
  const of = patchTypeOf(field.type);
  // `retainKeys` needs nothing of the type: the directive in the patch says it all.
  const strategy = (field.patch ?? '').split(',').find((part) => part !== 'retainKeys') ?? '';
  return { strategy, mergeKey: field.mergeKey ?? '', type: field.map ? { kind: 'map', of } : of };
}
