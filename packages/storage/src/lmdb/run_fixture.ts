import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** For tests: starts `<name>.fixture.ts` as a process of its own, under `command` if one is given. */
export async function runFixture(
  name: string,
  args: readonly string[],
  command: readonly string[] = [],
): Promise<ChildProcess> {
  const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
  // Within the workspace, so that the process finds lmdb.
  const outfile = here(`../../../../node_modules/.cache/${name}.mjs`);
  await build({
    entryPoints: [here(`${name}.fixture.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['lmdb'],
    logLevel: 'error',
  });
  const [program, ...rest] = [...command, process.execPath, outfile, ...args];
  return spawn(program!, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
}
