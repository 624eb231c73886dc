// Bundles the command with esbuild into dist/: the program as one script, libraries inside but for those with native
// parts; the code that V8 compiles of it; and the loader `kubets.mjs`. `--watch` builds again at each change.
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { lmdbInside } from './lmdb_inside.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'none',
  logLevel: 'warning',
};

const program = (outdir) => ({
  ...common,
  entryPoints: { program: 'packages/distro/src/program.ts' },
  outdir,
  outExtension: { '.js': '.cjs' },
  format: 'cjs',
  external: ['koffi'],
  plugins: [lmdbInside(root)],
  // The loader reads it as Latin 1, and compiles it as the function that Node makes of a CommonJS module.
  charset: 'ascii',
  banner: { js: `// ${randomUUID()}\n(function (exports, require, module, __filename, __dirname) {` },
  footer: { js: '})' },
});

const loader = (outdir) => ({
  ...common,
  entryPoints: {
    kubets: 'packages/distro/src/start/entry.ts',
    make_code_cache: 'packages/distro/src/start/code_cache/entry.ts',
  },
  outdir,
  outExtension: { '.js': '.mjs' },
  format: 'esm',
});

/** Builds into dist/ when a source file is newer than the last build. */
export async function buildIfStale() {
  const stamp = join(root, 'dist', '.built');
  const built = existsSync(stamp) ? statSync(stamp).mtimeMs : 0;
  if (built > newest(join(root, 'packages'))) return;
  await build(join(root, 'dist'));
}

async function build(outdir) {
  const { build: run } = await import('esbuild');
  const started = Date.now();
  const before = existsSync(outdir) ? readdirSync(outdir) : [];
  await Promise.all([run(program(outdir)), run(loader(outdir))]);
  refuseWideText(join(outdir, 'program.cjs'));
  makeCodeCaches(outdir);
  // Of earlier builds.
  for (const name of before) {
    const path = join(outdir, name);
    if (statSync(path).mtimeMs < started - 1_000) rmSync(path, { recursive: true });
  }
  writeFileSync(join(outdir, '.built'), '');
  process.stderr.write(`built ${outdir} in ${Date.now() - started} ms\n`);
}

/** Those that are waited for most; the cache without a name serves all others, and is made first. */
const cachedCommands = ['', 'server', 'apiserver'];

/** Without code caches the program only starts more slowly. */
function makeCodeCaches(outdir) {
  const state = mkdtempSync(join(tmpdir(), 'kubets-build-'));
  try {
    for (const command of cachedCommands) {
      execFileSync(process.execPath, [join(outdir, 'make_code_cache.mjs'), command], {
        env: { ...process.env, KUBETS_STATE_DIR: state },
        stdio: ['ignore', 'ignore', 'pipe'],
        timeout: 60_000,
      });
    }
  } catch (error) {
    process.stderr.write(`no code cache was made; starts will be slower\n${error.stderr ?? error}\n`);
  } finally {
    rmSync(state, { recursive: true, force: true });
  }
}

function refuseWideText(path) {
  const lines = readFileSync(path, 'utf8').split('\n');
  const wide = lines.findIndex((line) => /[^\0-\x7f]/.test(line));
  if (wide >= 0) throw new Error(`${path}:${wide + 1}: regular expressions must write this with \\u`);
}

function newest(folder) {
  let latest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === 'node_modules') continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) latest = Math.max(latest, newest(path));
    else if (/\.(ts|json)$/.test(entry.name)) latest = Math.max(latest, statSync(path).mtimeMs);
  }
  return latest;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const at = process.argv.indexOf('--outdir');
  const outdir = at < 0 ? join(root, 'dist') : resolve(process.argv[at + 1]);
  if (process.argv.includes('--watch')) {
    const { context } = await import('esbuild');
    for (const options of [program(outdir), loader(outdir)]) {
      await (await context({ ...options, logLevel: 'info' })).watch();
    }
  } else {
    await build(outdir);
  }
}
