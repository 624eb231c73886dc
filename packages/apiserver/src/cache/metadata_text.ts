import { type KubeObject, stringifyExact, textOfFields } from '@kubets/api';

type Metadata = KubeObject['metadata'];
type Entry = NonNullable<Metadata['managedFields']>[number];

/**
 * Metadata as JSON. Managed fields come last; what managers own is often half of an object, and most of it has its
 * text already.
 */
export function metadataText(metadata: Metadata): string {
  const { managedFields, ...others } = metadata;
  if (!Array.isArray(managedFields)) return stringifyExact(metadata);
  const text = stringifyExact(others);
  const start = text === '{}' ? '{' : `${text.slice(0, -1)},`;
  return `${start}"managedFields":[${managedFields.map(entryText).join(',')}]}`;
}

function entryText(entry: Entry): string {
  const fields = entry.fieldsV1 && textOfFields(entry.fieldsV1);
  if (!fields) return stringifyExact(entry);
  let inside = '';
  for (const key in entry) {
    const text = key === 'fieldsV1' ? fields : stringifyExact(entry[key as keyof Entry]);
    if (text !== undefined) inside += `${inside && ','}"${key}":${text}`;
  }
  return `{${inside}}`;
}
