import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

export async function mount(args: string[]): Promise<void> {
  try {
    await run('mount', ['--no-canonicalize', ...args]);
  } catch (error) {
    throw new Error(`mount failed: ${outputOf(error)}`);
  }
}

/** What is not mounted is no error. */
export async function unmount(path: string): Promise<void> {
  try {
    await run('umount', ['--no-canonicalize', path]);
  } catch (error) {
    const output = outputOf(error);
    if (!/not mounted|no mount point|not found/.test(output)) throw new Error(`unmount failed: ${output}`);
  }
}

/** Mount points at or below the path, deepest last. */
export async function listMountPoints(path: string): Promise<string[]> {
  const points = (await readFile('/proc/self/mountinfo', 'utf8'))
    .split('\n')
    .filter(Boolean)
    // Blanks in paths are written as octal escapes (proc(5)).
    .map((line) =>
      line
        .split(' ')[4]!
        .replaceAll(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8))),
    );
  return points
    .filter((point) => point === path || point.startsWith(`${path}/`))
    .sort((a, b) => a.length - b.length);
}

function outputOf(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message: string };
  return stderr?.trim() || message;
}
