import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { inTurn } from './in_turn.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kubets-turn-'));
  file = join(folder, 'run/dev.turn');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('commands on one cluster take turns, and leave nothing behind', async () => {
  const steps: string[] = [];
  const command = (name: string) =>
    inTurn(file, async () => {
      steps.push(`${name} begins`);
      await new Promise((resolve) => setImmediate(resolve));
      steps.push(`${name} ends`);
    });
  await Promise.all(['one', 'two', 'three'].map(command));
  for (let at = 0; at < steps.length; at += 2) {
    expect(steps[at + 1]).toBe(steps[at]!.replace('begins', 'ends'));
  }
  expect(steps).toHaveLength(6);
  expect(readdirSync(join(folder, 'run'))).toEqual([]);
});

test('a command that fails gives its turn back', async () => {
  await expect(
    inTurn(file, async () => {
      throw new Error('no room');
    }),
  ).rejects.toThrow('no room');
  expect(existsSync(file)).toBe(false);
});

test('one that does not end is named, by its process', async () => {
  await inTurn(file, async () => {
    await expect(inTurn(file, async () => {}, 0)).rejects.toThrow(`another command, process ${process.pid},`);
  });
});

test('the turn of a killed process is taken over', async () => {
  await inTurn(file, async () => {});
  // The pid lives, but it is another process's by now.
  writeFileSync(file, JSON.stringify({ pid: process.pid, started: 'long ago' }));
  expect(await inTurn(file, async () => 'done', 0)).toBe('done');
});
