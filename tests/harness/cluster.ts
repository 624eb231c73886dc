// A cluster of the built program for a test, with folders of its own, gone when the test is.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realClient } from './real_clients.ts';

const root = join(import.meta.dirname, '../..');
/** The built program, which builds itself anew where a source is newer; or another one. */
const program = process.env.KUBETS_PROGRAM ?? join(root, 'bin/kubets.mjs');
let count = 0;

export interface Output {
  code: number;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  input?: string;
  timeoutMs?: number;
  env?: Record<string, string>;
}

export interface TestCluster {
  name: string;
  kubeconfig: string;
  /** For files of the test. */
  folder: string;
  env: Record<string, string>;
  /** Runs the real kubectl; rejects unless it exits 0. Returns what it printed. */
  kubectl(...args: string[]): Promise<string>;
  /** The same, whatever the exit code. */
  tryKubectl(args: string[], options?: RunOptions): Promise<Output>;
  /** `kubectl apply -f -` of a manifest. */
  apply(manifest: string, ...args: string[]): Promise<string>;
  /** kubectl in the background (watch, logs -f, port-forward). Stopped with the cluster. */
  spawnKubectl(args: string[]): ChildProcess & { text(): string };
  kubets(...args: string[]): Promise<string>;
  tryKubets(args: string[], options?: RunOptions): Promise<Output>;
  /** Polls until `check` returns something true. */
  eventually<T>(what: string, check: () => Promise<T | undefined | false>, timeoutMs?: number): Promise<T>;
  down(): Promise<void>;
}

export interface ClusterOptions {
  /** Simulated nodes; a real node without. */
  fakeNodes?: number;
}

export async function startCluster(options: ClusterOptions = {}): Promise<TestCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'kubets-cluster-'));
  const name = `t${process.pid % 100_000}-${count++}`;
  const kubeconfig = join(folder, 'kubeconfig');
  const env: Record<string, string> = { KUBECONFIG: kubeconfig };
  // Real nodes need a short path: sockets have at most 107 characters.
  env.KUBETS_STATE_DIR = join(folder, 's');
  const children = new Set<ChildProcess>();

  const tryKubets = (args: string[], run: RunOptions = {}) =>
    runProgram(process.execPath, [program, ...args], {
      ...run,
      env: { ...env, ...run.env },
    });
  const tryKubectl = (args: string[], run: RunOptions = {}) =>
    runProgram(realClient('kubectl'), args, { ...run, env: { ...env, ...run.env } });

  const cluster: TestCluster = {
    name,
    kubeconfig,
    folder,
    env,
    tryKubectl,
    tryKubets,
    kubectl: async (...args) => stdoutOf('kubectl', args, await tryKubectl(args)),
    kubets: async (...args) => stdoutOf('kubets', args, await tryKubets(args)),
    apply: async (manifest, ...args) =>
      stdoutOf('kubectl', ['apply'], await tryKubectl(['apply', '-f', '-', ...args], { input: manifest })),
    spawnKubectl(args) {
      const child = spawn(realClient('kubectl'), args, { env: { ...process.env, ...env } });
      let text = '';
      child.stdout.on('data', (data) => (text += data));
      child.stderr.on('data', (data) => (text += data));
      children.add(child);
      child.once('exit', () => children.delete(child));
      return Object.assign(child, { text: () => text });
    },
    eventually,
    async down() {
      for (const child of children) child.kill('SIGKILL');
      const result = await tryKubets(['down', '--name', name]);
      // What is left of it is found by this folder alone: it stays for whoever looks into the failure.
      if (result.code !== 0) throw new Error(`down failed, ${folder} is left: ${result.stderr}`);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  const args = [
    'up',
    '--name',
    name,
    ...(options.fakeNodes ? ['--fake-nodes', String(options.fakeNodes)] : []),
  ];
  const started = await tryKubets(args, { timeoutMs: 90_000 });
  if (started.code !== 0) {
    await tryKubets(['down', '--name', name]);
    rmSync(folder, { recursive: true, force: true });
    throw new Error(`up failed:\n${started.stdout}\n${started.stderr}`);
  }
  return cluster;
}

/** Polls until `check` returns something true. What `check` threw last is in the message of the failure. */
export async function eventually<T>(
  what: string,
  check: () => Promise<T | undefined | false>,
  timeoutMs = 30_000,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  let last: unknown;
  while (Date.now() < end) {
    try {
      const result = await check();
      if (result) return result;
      last = undefined;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`not within ${timeoutMs / 1000} s: ${what}${last ? `\n${String(last)}` : ''}`);
}

/** A manifest in a file of the cluster's folder. */
export function manifestFile(cluster: TestCluster, name: string, text: string): string {
  const path = join(cluster.folder, name);
  writeFileSync(path, text);
  return path;
}

function stdoutOf(name: string, args: string[], result: Output): string {
  if (result.code === 0) return result.stdout;
  throw new Error(`${name} ${args.join(' ')} exited ${result.code}\n${result.stdout}\n${result.stderr}`);
}

function runProgram(command: string, args: string[], options: RunOptions): Promise<Output> {
  return new Promise((resolve) => {
    const child = execFile(
      command,
      args,
      {
        env: { ...process.env, ...options.env },
        timeout: options.timeoutMs ?? 60_000,
        maxBuffer: 64 * 1024 * 1024,
        encoding: 'utf8',
      },
      (error, stdout, stderr) => {
        const code = error ? (typeof error.code === 'number' ? error.code : 124) : 0;
        resolve({ code, stdout, stderr });
      },
    );
    child.stdin!.end(options.input ?? '');
  });
}
