import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { clusterPaths } from './paths.ts';

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'kubets-paths-')));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const pathsIn = (stateFolder: string, name = 'dev') => {
  vi.stubEnv('KUBETS_STATE_DIR', stateFolder);
  return clusterPaths(name);
};

test('clusters of one name in two state folders have two names on the machine', () => {
  const names = [
    pathsIn(join(folder, 'a')).machineName,
    pathsIn(join(folder, 'b')).machineName,
    pathsIn(join(folder, 'b'), 'dev-2').machineName,
    pathsIn('/var/lib/kubets').machineName,
  ];
  expect(new Set(names).size).toBe(names.length);
  expect(names[0]).toMatch(/^dev-[0-9a-f]{6}$/);
  expect(names[3]).toBe('dev');
});

test('a state folder is the same by whatever path it is named', () => {
  const wanted = pathsIn(join(folder, 'real/state'));
  mkdirSync(join(folder, 'real'));
  symlinkSync(join(folder, 'real'), join(folder, 'link'));
  // Mounts are found by the kernel's names, and the servers run in `/`.
  expect(pathsIn(join(folder, 'link/state'))).toEqual(wanted);
  expect(pathsIn(relative(process.cwd(), join(folder, 'link/state')))).toEqual(wanted);
  mkdirSync(wanted.root, { recursive: true });
  expect(pathsIn(join(folder, 'link/state'))).toEqual(wanted);
});
