// What `kubectl explain` says of types and fields, in words of our own. They are many, and only documents need them:
// import this when the first one is asked for.
import { hashText } from '../shared_parameters.ts';
import { readWords } from './read_words.ts';
import { areas } from './words/index.ts';

export interface Descriptions {
  describeType(type: string): string | undefined;
  describeField(type: string, field: string): string | undefined;
  /** Changes with the words. */
  wordsFingerprint(): string;
}

const words = readWords(areas);

/** One sentence or two. `type`: as `core.v1.Pod`; undefined for types that are not served. */
export function describeType(type: string): string | undefined {
  return words.get(placeOf(type) ?? '');
}

export function describeField(type: string, field: string): string | undefined {
  return words.get(placeOf(type, field) ?? '');
}

/** Where in the table the words of a type or field are. */
export function placeOf(type: string, field?: string): string | undefined {
  return ownersOf(type)
    .map((owner) => (field === undefined ? owner : `${owner}/${field}`))
    .find((place) => words.has(place));
}

/**
 * Under which names words of a type stand, the closest first: with its group where others mean something else by
 * its name, by its name, by the last part of its name (`*Condition`), for all (`*`). Its versions mean the same.
 */
function ownersOf(type: string): string[] {
  const group = type.slice(0, type.indexOf('.'));
  const name = type.slice(type.lastIndexOf('.') + 1);
  const last = /[A-Z][a-z]*$/.exec(name)?.[0] ?? name;
  return [`${group}.${name}`, name, `*${last}`, '*'];
}

let fingerprint: string | undefined;

export function wordsFingerprint(): string {
  return (fingerprint ??= hashText(areas.join('')));
}
