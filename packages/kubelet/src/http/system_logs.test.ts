import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { matchPath } from './routes.ts';
import { systemLogs } from './system_logs.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kubets-logs-'));
  mkdirSync(join(folder, 'log/app'), { recursive: true });
  writeFileSync(join(folder, 'log/app/a<b.log'), 'a line\n');
  writeFileSync(join(folder, 'log/syslog'), 'started\n');
  writeFileSync(join(folder, 'secret'), 'not for you');
  symlinkSync('../secret', join(folder, 'log/link'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const read = async (path: string) => {
  const { body, contentType } = await systemLogs(path, join(folder, 'log'));
  if (typeof body === 'string') return [contentType, body];
  let text = '';
  for await (const chunk of body) text += new TextDecoder().decode(chunk);
  return [contentType, text];
};

test('folders are lists, files are what is in them', async () => {
  const [type, list] = await read('');
  expect(type).toBe('text/html; charset=utf-8');
  expect(list).toContain('<a href="app/">app/</a>\n<a href="link">link</a>\n<a href="syslog">syslog</a>\n');
  expect((await read('app'))[1]).toContain('<a href="a%3Cb.log">a&lt;b.log</a>');
  expect(await read('syslog')).toEqual(['text/plain; charset=utf-8', 'started\n']);
});

test.each(['none', '../secret', 'link', 'app/../../secret'])('nothing outside of it: %s', async (path) => {
  await expect(systemLogs(path, join(folder, 'log'))).rejects.toMatchObject({ status: 404 });
});

test.each([
  ['/logs/', { path: '' }],
  ['/logs/app/a%3Cb.log', { path: 'app/a<b.log' }],
  ['/logs', undefined],
])('%s', (path, expected) => {
  expect(matchPath('/logs/{path...}', path)).toEqual(expected);
});
