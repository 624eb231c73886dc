// Writes a cache beside the program: node make_code_cache.mjs [COMMAND]. The build runs it, with KUBETS_STATE_DIR set
// to a folder of its own.
import { renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFile, loadProgram } from '../load_program.ts';

const folder = dirname(fileURLToPath(import.meta.url));
const [command = ''] = process.argv.slice(2);
const { program, codeCache } = loadProgram(folder, command);
await program.warmUp(command);
const path = cacheFile(folder, command);
// Who starts meanwhile finds a whole file or none.
writeFileSync(`${path}.next`, codeCache());
renameSync(`${path}.next`, path);
process.exit();
