// Finds keys that stand twice in one object of a JSON text, which JSON.parse passes over (KEP-2885).
import { goQuote } from '../go_quote.ts';
import { decodeUtf8 } from './json.ts';
import { closeList, closeObject, colon, comma, openList, openObject, quote } from './json_chars.ts';
import { endOfString } from './json_depth.ts';

interface Level {
  /** Undefined in a list. */
  keys: Set<string> | undefined;
  /** Path of the field or item that is being read. */
  at: string;
  path: string;
  index: number;
}

// As many as upstream's decoder collects.
const maxFound = 100;

/**
 * `duplicate field "spec.containers[0].image"`, one for each field that is given again, in the order of the
 * text, which must be JSON (decodeJson has read it).
 */
export function findDuplicateFields(json: Uint8Array | string): string[] {
  const found = new Set<string>();
  walkFields(json, (path, isDuplicate) => {
    if (isDuplicate && found.size < maxFound) found.add(`duplicate field ${goQuote(path)}`);
  });
  return [...found];
}

/**
 * Whether a text may have fields for `findDuplicateFields` to find, given the value that was read of it: only then
 * it has more keys than the value. Makes nothing, and nearly always says no.
 */
export function mayRepeatFields(json: string, value: unknown): boolean {
  return countColons(json) !== countKeys(value);
}

function countColons(json: string): number {
  let count = 0;
  for (let i = 0; i < json.length; i++) {
    const char = json.charCodeAt(i);
    if (char === colon) count++;
    else if (char === quote) i = endOfString(json, i);
  }
  return count;
}

function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) for (const item of value) count += countKeys(item);
  else for (const key in value) count += 1 + countKeys((value as Record<string, unknown>)[key]);
  return count;
}

/** Tells of each field where it stands, `spec.containers[0].image`, and whether its object has it already. */
export function walkFields(
  json: Uint8Array | string,
  visit: (path: string, isDuplicate: boolean) => void,
): void {
  const text = typeof json === 'string' ? json : decodeUtf8(json);
  const levels: Level[] = [];
  let level: Level | undefined;
  let expectKey = false;
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case openObject:
      case openList: {
        const isObject = text.charCodeAt(i) === openObject;
        const path: string = level?.at ?? '';
        level = {
          keys: isObject ? new Set() : undefined,
          path,
          at: isObject ? path : `${path}[0]`,
          index: 0,
        };
        levels.push(level);
        expectKey = isObject;
        break;
      }
      case closeObject:
      case closeList:
        levels.pop();
        level = levels.at(-1);
        expectKey = false;
        break;
      case comma:
        if (level?.keys) expectKey = true;
        else if (level) level.at = `${level.path}[${++level.index}]`;
        break;
      case quote: {
        const end = endOfString(text, i);
        if (expectKey && level?.keys) {
          const key = keyOf(text, i, end);
          level.at = level.path ? `${level.path}.${key}` : key;
          visit(level.at, level.keys.has(key));
          level.keys.add(key);
          expectKey = false;
        }
        i = end;
        break;
      }
    }
  }
}

function keyOf(text: string, start: number, end: number): string {
  const key = text.slice(start + 1, end);
  return key.includes('\\') ? (JSON.parse(text.slice(start, end + 1)) as string) : key;
}
