// Cases that were recorded from upstream's own code of v1.36: one JSON object a line.
import { readFileSync } from 'node:fs';

export function recordedCases<T = any>(file: URL): T[] {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as T);
}
