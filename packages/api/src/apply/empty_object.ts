import { typeSchema } from '../schema/find_type.ts';
import { pruneUnknownFields } from '../schema/prune_fields.ts';

const known = new Map<string, object>();

/**
 * An object of the type before anyone has written to it: only the structs that are always there. What a first
 * writer comes to own is what is more than this, so that nobody owns `spec` itself.
 */
export function emptyObject(type: string): object {
  let empty = known.get(type);
  if (!empty) {
    empty = typeSchema(type) ? pruneUnknownFields({}, type).object : {};
    known.set(type, empty);
  }
  return empty;
}
