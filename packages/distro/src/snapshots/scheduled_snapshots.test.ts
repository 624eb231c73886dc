import { expect, test } from 'vitest';
import { outdated } from './scheduled_snapshots.ts';

const files = (...names: string[]) =>
  names.map((name) => `/state/scheduled-cluster/snapshots/${name}.snapshot`);

test('the oldest scheduled ones go; those of a person stay, wherever the folder lies', () => {
  const all = files('before-upgrade', 'scheduled-1', 'scheduled-2', 'scheduled-3');
  expect(outdated(all, all[3]!, 2)).toEqual(files('scheduled-1'));
  expect(outdated(all, all[3]!, 3)).toEqual([]);
  expect(outdated(all, all[3]!, 1)).toEqual(files('scheduled-1', 'scheduled-2'));
});

test('the one just taken stays, though a wrong clock gave later names to others', () => {
  const all = files('scheduled-2026', 'scheduled-2099', 'scheduled-2100');
  expect(outdated(all, all[0]!, 2)).toEqual(files('scheduled-2099'));
});
