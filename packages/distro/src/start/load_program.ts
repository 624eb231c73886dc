// Loads the program as one script with the code that V8 has compiled of it before. Of the time from the start of an
// API server to its readiness, compiling its modules took more than all else together.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Script } from 'node:vm';

export interface LoadedProgram {
  program: typeof import('../program.ts');
  /** Whether V8 took the code that was there. */
  cached: boolean;
  /** What to write to a cache file: the code of all that has run up to now. */
  codeCache(): Uint8Array;
}

/** `command`: its functions alone are in its cache, since all that is in one is read; '': for every other command. */
export const cacheFile = (folder: string, command: string): string =>
  join(folder, `program${command && `.${command}`}.cache`);

/** `folder`: has `program.cjs`, whose first line names the build, and perhaps caches. */
export function loadProgram(folder: string, command: string): LoadedProgram {
  const filename = join(folder, 'program.cjs');
  // One byte a character, V8 takes the text as it is, without a copy. The build sees to it that it is ASCII.
  const source = readFileSync(filename, 'latin1');
  const build = source.slice(0, source.indexOf('\n'));
  const cachedData = readCache(cacheFile(folder, command), build) ?? readCache(cacheFile(folder, ''), build);
  const script = new Script(source, { filename, cachedData });
  const module = { exports: {} };
  // The build has put the function around it that Node puts around a CommonJS module.
  script.runInThisContext()(module.exports, createRequire(filename), module, filename, folder);
  return {
    program: module.exports as LoadedProgram['program'],
    cached: cachedData !== undefined && !script.cachedDataRejected,
    codeCache: () => Buffer.concat([script.createCachedData(), Buffer.from(build)]),
  };
}

/** The code of `build`, which stands behind it: V8 itself compares versions, its flags and the length of the text. */
function readCache(path: string, build: string): Buffer | undefined {
  let cache: Buffer;
  try {
    cache = readFileSync(path);
  } catch {
    return undefined;
  }
  const length = cache.length - build.length;
  return length > 0 && cache.toString('latin1', length) === build ? cache.subarray(0, length) : undefined;
}
