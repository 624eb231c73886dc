import { schemaFingerprint } from '@kubets/api';
import { sha512Hex } from '../discovery/digest.ts';
import type { Descriptions } from './descriptions/index.ts';
import type { Section } from './documents.ts';

/**
 * Names what documents would say, without making them: it changes with the routes, the types, the words and the
 * release. Listing all documents would otherwise cost making all of them.
 */
export function fingerprint(sections: readonly Section[], release: string, words: Descriptions): string {
  const routes = sections.map(({ name, items }) => [
    name,
    items.map(({ path, operations }) => [path, operations.map(({ operationId }) => operationId)]),
  ]);
  return sha512Hex(JSON.stringify([release, schemaFingerprint, words.wordsFingerprint(), routes]));
}
