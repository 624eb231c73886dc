// Finds keys that stand twice in one object of a JSON text, which JSON.parse passes over (KEP-2885).
import { goQuote } from '../go_quote.ts';
import { decodeUtf8 } from './json.ts';

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

/** Tells of each field where it stands, `spec.containers[0].image`, and whether its object has it already. */
export function walkFields(
  json: Uint8Array | string,
  visit: (path: string, isDuplicate: boolean) => void,
): void {
  const text = typeof json === 'string' ? json : decodeUtf8(json);
  const levels: Level[] = [];
  let expectKey = false;
  for (let i = 0; i < text.length; i++) {
    const level = levels.at(-1);
    switch (text[i]) {
      case '{':
      case '[': {
        const isObject = text[i] === '{';
        const path = level?.at ?? '';
        levels.push({
          keys: isObject ? new Set() : undefined,
          path,
          at: isObject ? path : `${path}[0]`,
          index: 0,
        });
        expectKey = isObject;
        break;
      }
      case '}':
      case ']':
        levels.pop();
        expectKey = false;
        break;
      case ',':
        if (level?.keys) expectKey = true;
        else if (level) level.at = `${level.path}[${++level.index}]`;
        break;
      case '"': {
        const end = endOfString(text, i);
        if (expectKey && level?.keys) {
          const key = JSON.parse(text.slice(i, end + 1)) as string;
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

function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '"') return i;
  }
  return text.length;
}
