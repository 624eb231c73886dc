// The program, run from its modules: everything else only exports.
import { run } from './program.ts';

await run();
