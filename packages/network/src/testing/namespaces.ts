// Network namespaces for tests: made under unique names, with a process in each, and taken away at the end.
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface Answer {
  name?: string;
  client?: string;
  error?: string;
}

export interface Peer {
  serve(protocol: 'TCP' | 'UDP', port: number, name: string, address?: string): Promise<void>;
  ask(
    protocol: 'TCP' | 'UDP',
    address: string,
    port: number,
    options?: { timeoutMs?: number; localAddress?: string; localPort?: number },
  ): Promise<Answer>;
}

export interface Namespace extends Peer {
  readonly name: string;
  /** Runs a command inside; throws with its output when it fails. */
  run(command: string): string;
}

/** Why tests with namespaces can't run here; undefined when they can. */
export function namespacesUnavailable(...tools: string[]): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root';
  for (const tool of ['ip', ...tools])
    if (spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0) return `needs ${tool}`;
  const probe = spawnSync('unshare', ['-n', 'true']);
  return probe.status === 0 ? undefined : 'needs network namespaces';
}

export class Namespaces {
  readonly #prefix = `kubets-test-${process.pid}-${Math.floor(performance.now())}`;
  readonly #children: ChildProcess[] = [];
  readonly #names: string[] = [];

  constructor() {
    // Also when a test run ends before its hooks have run.
    process.once('exit', () => this.remove());
  }

  create(label: string): Namespace {
    const name = `${this.#prefix}-${label}`;
    shell(`ip netns add ${name}`);
    this.#names.push(name);
    const run = (command: string) => shell(`ip netns exec ${name} ${command}`);
    run('ip link set lo up');
    // Link-local addresses at once, not after a second of asking around.
    run('sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0');
    return { name, run, ...this.#peer(name) };
  }

  /** Joins two namespaces by a pair of interfaces. */
  link(a: { in: Namespace; device: string }, b: { in: Namespace; device: string }): void {
    shell(`ip link add ${a.device} netns ${a.in.name} type veth peer name ${b.device} netns ${b.in.name}`);
    a.in.run(`ip link set ${a.device} up`);
    b.in.run(`ip link set ${b.device} up`);
  }

  remove(): void {
    for (const child of this.#children.splice(0)) child.kill('SIGKILL');
    for (const name of this.#names.splice(0)) spawnSync('ip', ['netns', 'del', name]);
  }

  #peer(namespace: string): Peer {
    const script = fileURLToPath(new URL('peer.mjs', import.meta.url));
    let child: ChildProcess | undefined;
    let next = 0;
    const waiting = new Map<number, (answer: Answer) => void>();
    const send = (command: object): Promise<Answer> => {
      if (!child) {
        child = spawn('ip', ['netns', 'exec', namespace, process.execPath, script], {
          stdio: ['pipe', 'pipe', 'inherit'],
        });
        this.#children.push(child);
        createInterface({ input: child.stdout! }).on('line', (line) => {
          const { id, ...answer } = JSON.parse(line);
          waiting.get(id)?.(answer);
          waiting.delete(id);
        });
      }
      const id = next++;
      child.stdin!.write(JSON.stringify({ id, ...command }) + '\n');
      return new Promise((resolve) => waiting.set(id, resolve));
    };
    return {
      async serve(protocol, port, name, address) {
        const command = protocol === 'TCP' ? 'serveTcp' : 'serveUdp';
        const { error } = await send({ command, port, name, address });
        if (error) throw new Error(error);
      },
      ask: (protocol, address, port, options) =>
        send({ command: protocol === 'TCP' ? 'askTcp' : 'askUdp', address, port, ...options }),
    };
  }
}

function shell(command: string): string {
  return execFileSync('sh', ['-c', command], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
