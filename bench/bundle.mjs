// Parts of the tree, without a build of the whole.
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** The exports, pairs of a module and the names of it that are wanted. */
export async function bundle(name, wanted) {
  const outfile = join(root, `node_modules/.cache/bench_${name}.mjs`);
  mkdirSync(dirname(outfile), { recursive: true });
  await build({
    stdin: {
      contents: wanted.map(([from, names]) => `export { ${names} } from '${from}';`).join('\n'),
      resolveDir: root,
    },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    // Libraries within that are CommonJS.
    banner: {
      js: `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`,
    },
    external: ['lmdb'],
    logLevel: 'error',
  });
  return import(pathToFileURL(outfile).href);
}
