// What is installed as `dist/kubets.mjs`.
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadProgram } from './load_program.ts';

const self = fileURLToPath(import.meta.url);
// Processes that are started from here begin here too, where `bin/` in a checkout looks for newer sources first.
process.argv[1] = self;
await loadProgram(dirname(self), process.argv[2] ?? '').program.run();
