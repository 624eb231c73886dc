// The code that the build keeps beside the program: nobody would notice its loss but for slower starts.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const dist = join(import.meta.dirname, '../../dist');

// In a process of its own: V8 refuses code that was kept under other flags than its own.
const program = `
  const { readFileSync } = require('node:fs');
  const { Script } = require('node:vm');
  const [, folder, cache] = process.argv;
  const filename = folder + '/program.cjs';
  const source = readFileSync(filename, 'latin1');
  const cachedData = readFileSync(folder + '/' + cache);
  const build = source.indexOf('\\n');
  const script = new Script(source, { filename, cachedData: cachedData.subarray(0, cachedData.length - build) });
  process.stdout.write(String(script.cachedDataRejected));
`;

test.for(['program.cache', 'program.server.cache', 'program.apiserver.cache'])('V8 takes %s', (cache) => {
  const output = execFileSync(process.execPath, ['-e', program, dist, cache], { encoding: 'utf8' });
  expect(output).toBe('false');
});
