// Runs every scenario. `UPDATE=1`, or vitest's `--update`, writes what is printed now into the files.
import { readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runScenario } from './run_scenario.ts';

const folder = join(import.meta.dirname, '../scenarios');
const readManifest = (name: string) => readFile(join(folder, name), 'utf8');

describe('scenarios', () => {
  const names = readdirSync(folder).filter((name) => name.endsWith('.scenario'));
  test.each(names)(
    '%s',
    async (name) => {
      const path = join(folder, name);
      const { text } = await runScenario(await readFile(path, 'utf8'), { readFile: readManifest });
      if (process.env['UPDATE']) await writeFile(path, text);
      await expect(text).toMatchFileSnapshot(path);
    },
    60_000,
  );
});
