import { compareValues } from './compare_values.ts';
import type { FieldSet } from './field_set.ts';
import { neverOwned } from './owned_metadata.ts';
import type { Shape } from './shape.ts';
import { fieldsOfValue } from './value_fields.ts';

export const lastAppliedKey = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * What client-side apply wrote and still stands: the fields of its note whose values are the live ones, and the
 * note itself. Undefined without a note that can be read.
 */
export function lastAppliedFields(live: object, shape: Shape): FieldSet | undefined {
  const annotations = (live as { metadata?: { annotations?: Record<string, string> } }).metadata?.annotations;
  const note = annotations?.[lastAppliedKey];
  if (note === undefined) return undefined;
  try {
    const applied = JSON.parse(note) as object;
    const { modified, removed } = compareValues(applied, live, shape);
    const own = fieldsOfValue(applied, shape).difference(neverOwned).difference(modified).difference(removed);
    own.descend('f:metadata').descend('f:annotations').descend(`f:${lastAppliedKey}`).member = true;
    return own;
  } catch {
    // The note is the user's text: one that is no JSON allows nothing.
    return undefined;
  }
}
