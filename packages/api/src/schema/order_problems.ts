// Problems of a text in the order in which a decoder comes upon them: fields that stand twice are found by looking
// at the text, unknown ones by looking at the object.
import { walkFields } from '../codec/duplicate_fields.ts';
import { goQuote } from '../go_quote.ts';
import type { TypeSchema } from '../schema.ts';
import { typeSchema } from './find_type.ts';

/**
 * `unknown` (of pruneUnknownFields) and the duplicates among the fields that the type knows, in the order of the
 * text. Raw JSON and fields that aren't known are nobody's to look into.
 */
export function orderProblems(json: Uint8Array | string, type: string, unknown: readonly string[]): string[] {
  const missing = new Set(unknown);
  const ordered = new Set<string>();
  let silentBelow: string | undefined;
  walkFields(json, (path, isDuplicate) => {
    if (silentBelow !== undefined && isBelow(path, silentBelow)) return;
    silentBelow = undefined;
    const problem = `unknown field ${goQuote(path)}`;
    if (isDuplicate && !isInRaw(type, path)) ordered.add(`duplicate field ${goQuote(path)}`);
    if (!missing.has(problem)) return;
    ordered.add(problem);
    silentBelow = path;
  });
  return [...ordered, ...unknown.filter((problem) => !ordered.has(problem))];
}

function isBelow(path: string, above: string): boolean {
  return path.startsWith(above) && /[.[]/.test(path[above.length] ?? '');
}

function isInRaw(root: string, path: string): boolean {
  let type: string | undefined = root;
  const parts = path.replace(/\[\d+\]/g, '').split('.');
  for (const part of parts.slice(0, -1)) {
    const schema: TypeSchema | undefined = type === undefined ? undefined : typeSchema(type);
    const field: { type: string; map?: boolean } | undefined = schema?.fields?.[part];
    // Below keys of maps and in what isn't known there is nothing raw that would matter.
    if (!field || field.map) return false;
    const special = typeSchema(field.type)?.special;
    if (special) return special === 'raw' || special === 'json' || special === 'fieldsV1';
    type = field.type;
  }
  return false;
}
