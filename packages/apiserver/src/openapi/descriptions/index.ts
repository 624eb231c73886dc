// What `kubectl explain` says of types and fields, in words of our own.
import { hashText } from '../shared_parameters.ts';
import { fieldWords } from './fields.ts';
import { typeWords } from './types.ts';

/** One sentence or two; undefined where the name has to do. */
export function describeType(type: string): string | undefined {
  return typeWords[withoutVersion(type)];
}

/** The words of the field of this very type, else those that all fields of the name share. */
export function describeField(type: string, field: string): string | undefined {
  const name = withoutVersion(type);
  // Every kind has conditions of a type of its own, and they all mean the same.
  const common = name.endsWith('Condition') ? fieldWords[`Condition.${field}`] : undefined;
  // Words of JSON schemas (items, not, default) are no words of Kubernetes.
  const shared = name === 'JSONSchemaProps' ? undefined : fieldWords[field];
  return fieldWords[`${name}.${field}`] ?? common ?? shared;
}

/** `core.v1.Pod` -> `Pod`: the versions of a type mean the same. */
function withoutVersion(type: string): string {
  return type.slice(type.lastIndexOf('.') + 1);
}

let fingerprint: string | undefined;

/** Changes with the words. */
export function wordsFingerprint(): string {
  return (fingerprint ??= hashText(JSON.stringify([typeWords, fieldWords])));
}
