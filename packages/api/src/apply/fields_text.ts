// FieldsV1 by its text. Pods of one template own the same fields, and what an object's managers own is most of it:
// such a set is kept once, frozen, and its text goes from one object's bytes into the next.
import type { FieldsV1 } from './fields_v1.ts';
import type { PathElement } from './path_element.ts';

const kept = new Map<string, FieldsV1>();
const maxKept = 200;
const maxKeptLength = 32 * 1024;
const texts = new WeakMap<object, string>();

/** What the text, canonical JSON, says. Frozen: others may have it too. */
export function fieldsOfText(text: string): FieldsV1 {
  const known = kept.get(text);
  if (known) {
    // Behind those that only one object has: they come and go.
    kept.delete(text);
    kept.set(text, known);
    return known;
  }
  const fields = frozen(JSON.parse(text) as FieldsV1);
  texts.set(fields, text);
  if (text.length > maxKeptLength) return fields;
  for (const oldest of kept.keys()) {
    if (kept.size < maxKept) break;
    kept.delete(oldest);
  }
  kept.set(text, fields);
  return fields;
}

/** The JSON text of fields that came from `fieldsOfText`; undefined for others. */
export function textOfFields(fields: object): string | undefined {
  return texts.get(fields);
}

/** How FieldsV1 says that what has something below is in the set itself. */
export const selfMark = '".":{}';

/** `"f:name":`, as JSON has it in front of what is below the element. */
export function elementKey(element: PathElement): string {
  return `${JSON.stringify(element)}:`;
}

function frozen(fields: FieldsV1): FieldsV1 {
  for (const element in fields) frozen(fields[element]!);
  return Object.freeze(fields);
}
