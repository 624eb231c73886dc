// The form that words are written in.

/**
 * Reads texts as
 *
 *     Probe, Lifecycle: words of both types
 *       exec: words of the field of both,
 *         which go on here
 *
 * into a table by `Probe` and `Probe/exec`. A type may come again with further fields; nothing is said twice.
 */
export function readWords(texts: readonly string[]): ReadonlyMap<string, string> {
  const words = new Map<string, string>();
  let owners: string[] = [];
  let keys: string[] = [];
  for (const line of texts.flatMap((text) => text.split('\n'))) {
    if (line === '') continue;
    const [, indent = '', name = '', said = ''] = /^( *)(?:([^:]+):)?(?: ?(.*))$/.exec(line)!;
    if (indent.length === 4) {
      for (const key of keys) words.set(key, `${words.get(key)} ${line.trim()}`);
      continue;
    }
    if (indent === '') owners = name.split(', ');
    keys = indent === '' ? owners : owners.map((owner) => `${owner}/${name}`);
    for (const key of said ? keys : []) {
      if (words.has(key)) throw new Error(`${key} is described twice`);
      words.set(key, said);
    }
  }
  return words;
}
