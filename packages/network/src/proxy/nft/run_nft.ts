// The nft command. It gets its commands on stdin as text: one call is one transaction.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { errorMessage } from '@kubets/base';

export interface NftResult {
  code: number;
  stderr: string;
}

export interface Nft {
  /** Calls must not overlap. */
  run(commands: string): Promise<NftResult>;
  /** Ends the helper process; the next run starts one. */
  close(): void;
}

/** Longer texts go to an nft of their own: a shell reads its input byte by byte. */
const lineMax = 16_384;

/**
 * A fork of this process costs 30 ms at 400 MB, during which nothing else runs. So a small shell is kept that
 * starts nft for each change: 8 ms. `prefix` is a command line in front of it, e.g.
 * `['ip', 'netns', 'exec', 'node-1']`.
 */
export function nftCommand(options: { path?: string; prefix?: readonly string[] } = {}): Nft {
  const { path = 'nft', prefix = [] } = options;
  let shell: Shell | undefined;
  return {
    run(commands) {
      const line = commands.trimEnd().replaceAll('\n', '; ');
      if (line.length > lineMax || commands.includes('{\n'))
        return runOnce([...prefix, path, '-f', '-'], commands);
      shell ??= startShell([...prefix, 'sh', '-c', loop, 'sh', path], () => {
        shell = undefined;
      });
      return shell.run(line);
    },
    close() {
      shell?.close();
      shell = undefined;
    },
  };
}

const loop = `
while IFS= read -r line; do
  output=$(printf '%s\\n' "$line" | "$1" -f - 2>&1)
  printf '\\nexit %s\\n' $?
  [ -z "$output" ] || printf '%s\\n' "$output"
  printf 'end\\n'
done`;

interface Shell {
  run(line: string): Promise<NftResult>;
  close(): void;
}

function startShell([command, ...args]: readonly string[], onEnd: () => void): Shell {
  const child = spawn(command!, args, {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  let waiting: { resolve(result: NftResult): void; reject(error: Error): void } | undefined;
  // An idle shell must not keep the process alive. It ends with its input, so with the process.
  const handles = [child, child.stdin, child.stdout] as unknown as { ref(): void; unref(): void }[];
  const settle = () => {
    for (const handle of handles) handle.unref();
    const settled = waiting;
    waiting = undefined;
    return settled;
  };
  const end = (reason: string) => {
    settle()?.reject(new Error(reason));
    onEnd();
  };
  let code = -1;
  let output: string[] = [];
  createInterface({ input: child.stdout }).on('line', (text) => {
    if (text.startsWith('exit ')) {
      code = Number(text.slice(5));
      output = [];
    } else if (text === 'end') {
      settle()?.resolve({ code, stderr: output.join('\n') });
    } else if (output.length < 100) output.push(text);
  });
  child.on('error', (error) => end(errorMessage(error)));
  child.on('close', () => end('the shell that runs nft has ended'));
  child.stdin.on('error', () => {});
  return {
    run: (line) =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        for (const handle of handles) handle.ref();
        child.stdin.write(line + '\n');
      }),
    close() {
      child.stdin.end();
    },
  };
}

function runOnce([command, ...args]: readonly string[], commands: string): Promise<NftResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command!, args, { stdio: ['pipe', 'ignore', 'pipe'] });
    let stderr = '';
    child.stderr.setEncoding('utf8');
    child.stderr.on('data', (text: string) => {
      if (stderr.length < 10_000) stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? -1, stderr }));
    // nft that has found an error stops reading; its exit code tells.
    child.stdin.on('error', () => {});
    child.stdin.end(commands);
  });
}
