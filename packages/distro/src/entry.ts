// The program: everything else only exports.
import { main } from './main.ts';

process.exitCode = await main(process.argv.slice(2));
// What is said has been read; connections that are still closing need not be waited for.
process.stdout.write('', () => process.stderr.write('', () => process.exit()));
