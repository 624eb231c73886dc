#!/usr/bin/env node
// Starts the built program; in a checkout, builds it first when a source is newer.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
if (existsSync(join(root, 'tools/build/build.mjs'))) {
  const { buildIfStale } = await import('../tools/build/build.mjs');
  await buildIfStale();
}
await import('../dist/kubets.mjs');
