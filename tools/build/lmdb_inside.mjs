// Puts the JavaScript of lmdb into the bundle, where V8's code cache has it: found and compiled file by file it takes
// a tenth of a start. Its native part stays where npm has put it.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export const lmdbInside = (root) => ({
  name: 'lmdb inside',
  setup(build) {
    const file = join(root, 'node_modules/lmdb/dist/index.cjs');
    build.onResolve({ filter: /^lmdb$/ }, () => ({ path: file }));
    // Only an encoding that isn't used needs it: this form comes without a native part of its own.
    build.onResolve({ filter: /^msgpackr$/ }, ({ resolveDir }) =>
      build.resolve('msgpackr/index-no-eval', { resolveDir, kind: 'require-call' }),
    );
    build.onLoad({ filter: /\/node_modules\/lmdb\/dist\/index\.cjs$/ }, async ({ path }) => ({
      // It looks for the native part from its own place, which the bundler isn't to resolve.
      contents: `const __package = 'lmdb', __filename = require.resolve(__package);\n${await readFile(path, 'utf8')}`,
      loader: 'js',
    }));
  },
});
