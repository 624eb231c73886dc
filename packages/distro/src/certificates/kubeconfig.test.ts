import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { mergeIntoKubeconfig, removeFromKubeconfig } from './kubeconfig.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kubets-kubeconfig-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a context is only taken out by the cluster that it is of', () => {
  const path = join(folder, 'config');
  const entry = { name: 'dev', server: 'https://127.0.0.1:6443', certificate: 'c', key: 'k' };
  mergeIntoKubeconfig(path, { ...entry, ca: 'first' });
  // A cluster of another state folder takes over the name.
  mergeIntoKubeconfig(path, { ...entry, ca: 'second' });
  const whole = readFileSync(path, 'utf8');
  removeFromKubeconfig(path, { name: 'dev', ca: 'first' });
  expect(readFileSync(path, 'utf8')).toBe(whole);
  removeFromKubeconfig(path, { name: 'dev', ca: 'second' });
  expect(readFileSync(path, 'utf8')).not.toContain('dev');
});

test('a cluster whose authority is lost is taken out by its name', () => {
  const path = join(folder, 'config');
  mergeIntoKubeconfig(path, { name: 'dev', server: 's', certificate: 'c', key: 'k', ca: 'first' });
  removeFromKubeconfig(path, { name: 'dev' });
  expect(readFileSync(path, 'utf8')).not.toContain('dev');
});
