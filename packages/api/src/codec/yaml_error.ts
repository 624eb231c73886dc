// What is wrong with a YAML text, in the words of Go's parser, which clients know.
import type { YAMLException } from 'js-yaml';

/** Go counts lines from 1 where it reads characters and from 0 where it puts them together, and leaves out line 0. */
type Place = 'character' | 'structure' | 'none';

interface Wording {
  reason: RegExp;
  text: string;
  place: Place;
}

const misplaced: Wording[] = [
  // What stands where the reader stopped tells what it was about to begin.
  { reason: /^[@`%\t]/, text: 'found character that cannot start any token', place: 'character' },
  { reason: /^:/, text: 'mapping values are not allowed in this context', place: 'character' },
  { reason: /^/, text: 'did not find expected key', place: 'structure' },
];

const wordings: Wording[] = [
  {
    reason: /^tab characters must not/,
    text: 'found character that cannot start any token',
    place: 'character',
  },
  { reason: /^unidentified alias "(.*)"$/s, text: "unknown anchor '$1' referenced", place: 'none' },
  { reason: /^unknown escape sequence/, text: 'found unknown escape character', place: 'character' },
  { reason: /^expected hexadecimal/, text: 'did not find expected hexdecimal number', place: 'character' },
  {
    reason: /^(null byte|the stream contains non-print)/,
    text: 'control characters are not allowed',
    place: 'none',
  },
  {
    reason: /^cannot merge mappings/,
    text: 'map merge requires map or sequence of maps as the value',
    place: 'none',
  },
  {
    reason: /^name of an/,
    text: 'did not find expected alphabetic or numeric character',
    place: 'character',
  },
  {
    reason: /^a line break is expected/,
    text: 'did not find expected comment or line break',
    place: 'character',
  },
  { reason: /^expected ':' after/, text: "could not find expected ':'", place: 'character' },
];

export function explainYaml(error: YAMLException, text: string): string {
  const { reason, mark } = error;
  const line = mark?.line ?? 0;
  const wording = wordingOf(reason, text, mark?.position ?? 0);
  if (!wording) return mark ? `line ${line + 1}: ${reason}` : reason;
  const said = reason.replace(wording.reason, wording.text);
  const words = wording.text.includes('$1') ? said : wording.text;
  const shown = wording.place === 'none' || line === 0 ? 0 : line + (wording.place === 'character' ? 1 : 0);
  return shown ? `line ${shown}: ${words}` : words;
}

function wordingOf(reason: string, text: string, position: number): Wording | undefined {
  if (/^bad indentation of a mapping entry/.test(reason))
    return misplaced.find((each) => each.reason.test(text.slice(position)));
  const opened = openAt(text, position);
  if (/^(deficient indentation|unexpected end of the stream)/.test(reason) && opened) {
    if (opened === '"' || opened === "'")
      return { reason: /$/, text: 'found unexpected end of stream', place: 'character' };
    return { reason: /$/, text: `did not find expected ',' or '${opened}'`, place: 'structure' };
  }
  return wordings.find((each) => each.reason.test(reason));
}

/** The end of the quote or collection that is open at the position, as far as a look at the characters tells. */
function openAt(text: string, position: number): string | undefined {
  const ends: string[] = [];
  let quote = '';
  for (const char of text.slice(0, position)) {
    if (quote) {
      if (char === quote) quote = '';
    } else if (char === '"' || char === "'") quote = char;
    else if (char === '{') ends.push('}');
    else if (char === '[') ends.push(']');
    else if (char === ends.at(-1)) ends.pop();
  }
  return quote || ends.at(-1);
}
