// Every test that this machine can run, project by project, and one closing line for all of them:
//   N passed, N failed, N skipped
// Arguments name projects (unit, tidy, kubectl, node); none means all.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const projects = process.argv.length > 2 ? process.argv.slice(2) : ['tidy', 'unit', 'kubectl', 'node'];
const totals = { passed: 0, failed: 0, skipped: 0 };
let broken = false;

step('type check', 'npx', ['tsc', '-p', 'tsconfig.json']);
step('lint and format', 'npx', ['biome', 'check', '.']);
step('generated tables', 'node', ['tools/generate/generate.mjs', '--check']);
step('build', 'node', ['tools/build/build.mjs']);

const folder = mkdtempSync(join(tmpdir(), 'kubets-test-'));
for (const project of projects) {
  const report = join(folder, `${project}.json`);
  console.log(`\n== ${project}`);
  const { status } = spawnSync(
    'npx',
    [
      'vitest',
      'run',
      '--project',
      project,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ],
    { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] },
  );
  if (status !== 0) broken = true;
  count(report);
}
rmSync(folder, { recursive: true, force: true });

console.log(`\n${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exit(broken || totals.failed > 0 ? 1 : 0);

function step(name, command, args) {
  const started = Date.now();
  const { status } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  console.log(`${status === 0 ? 'ok  ' : 'FAIL'} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  if (status === 0) totals.passed++;
  else {
    totals.failed++;
    broken = true;
  }
}

function count(report) {
  try {
    const result = JSON.parse(readFileSync(report, 'utf8'));
    totals.passed += result.numPassedTests;
    totals.failed += result.numFailedTests;
    totals.skipped += result.numPendingTests + result.numTodoTests;
  } catch {
    // No report: the runner itself failed, which must not look like success.
    broken = true;
    totals.failed++;
  }
}
