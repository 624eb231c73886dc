import { duplicate, type FieldError, required } from '@kubets/api';
import { kindsOf } from '../define.ts';

export const flowcontrolKind = kindsOf('flowcontrol.apiserver.k8s.io', 'v1');

interface TypedCondition {
  type?: string;
}

/** Conditions of both kinds only need a type that is not there twice. */
export function validateConditionTypes(conditions: TypedCondition[] = []): FieldError[] {
  return conditions.flatMap(({ type = '' }, i) => {
    const path = `status.conditions[${i}].type`;
    const seen = conditions.slice(0, i).some((other) => (other.type ?? '') === type);
    return [...(seen ? [duplicate(path, type)] : []), ...(type ? [] : [required(path)])];
  });
}
