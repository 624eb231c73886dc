// Bundles the command with esbuild into dist/: one entry, a chunk for each sub-command, libraries inside but for
// those with native parts. `--watch` builds again at each change.
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const stamp = join(root, 'dist', '.built');

const options = {
  absWorkingDir: root,
  entryPoints: { kubets: 'packages/distro/src/entry.ts' },
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'none',
  logLevel: 'warning',
  // Native modules and what finds its files by its own place.
  external: ['lmdb', 'pino', 'koffi'],
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
};

/** Builds when a source file is newer than the last build. */
export async function buildIfStale() {
  const built = existsSync(stamp) ? statSync(stamp).mtimeMs : 0;
  if (built > newest(join(root, 'packages'))) return;
  await build();
}

async function build() {
  const { build: run } = await import('esbuild');
  const started = Date.now();
  await run(options);
  writeFileSync(stamp, '');
  process.stderr.write(`built dist/ in ${Date.now() - started} ms\n`);
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
  if (process.argv.includes('--watch')) {
    const { context } = await import('esbuild');
    await (await context({ ...options, logLevel: 'info' })).watch();
  } else {
    await build();
  }
}
