import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** For tests: starts `<name>.fixture.ts` as a process of its own, under `command` if one is given. */
export async function runFixture(
  name: string,
  args: readonly string[],
  command: readonly string[] = [],
): Promise<ChildProcess> {
  return startFixture(await buildFixture(name), args, command);
}

/** The path of a program made of `<name>.fixture.ts`. */
export async function buildFixture(name: string): Promise<string> {
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
  return outfile;
}

export function startFixture(
  program: string,
  args: readonly string[],
  command: readonly string[] = [],
): ChildProcess {
  const [first, ...rest] = [...command, process.execPath, program, ...args];
  return spawn(first!, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
}
