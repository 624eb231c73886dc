// What the build makes one script of. `run` is the command; `warmUp` runs in the build alone.
import { main } from './main.ts';

export async function run(): Promise<void> {
  process.exitCode = await main(process.argv.slice(2));
  // What is said has been read; connections that are still closing need not be waited for.
  process.stdout.write('', () => process.stderr.write('', () => process.exit()));
}

/** Runs what `command` runs when it starts. */
export async function warmUp(command: string): Promise<void> {
  const { warmUps } = await import('./start/code_cache/warm_up.ts');
  await warmUps[command]?.();
}
