// Machines for tests of several servers: network namespaces on one bridge, each with a server and its etcd. Links can
// be cut, lose packets and be slow.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually as poll } from '../harness/cluster.ts';

const root = join(import.meta.dirname, '../..');
const program = process.env.KUBETS_PROGRAM ?? join(root, 'bin/kubets.mjs');
const has = (tool: string) => {
  try {
    execFileSync('sh', ['-c', `command -v ${tool}`]);
    return true;
  } catch {
    return false;
  }
};
export const canRunMachines = process.getuid?.() === 0 && has('ip') && has('etcd') && has('nft');

const ip = (...args: string[]) => execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'ignore'] });
/** Of etcd's peers and clients, and of the API. */
const ports = [2379, 2380, 6443];
let networks = 0;

export interface Answer {
  status: number;
  body: any;
}

export interface Delay {
  fromMs: number;
  toMs: number;
}

/** Where machines meet. */
class Network {
  readonly id = `k${process.pid % 100_000}${'abcdefgh'[networks++ % 8]}`;
  readonly bridge = `${this.id}b`;
  readonly subnet = `10.${100 + (process.pid % 100)}.${((process.pid >> 3) + networks) % 250}`;
  readonly folder = mkdtempSync(join(tmpdir(), 'kubets-ha-'));

  constructor() {
    ip('link', 'add', this.bridge, 'type', 'bridge');
    ip('addr', 'add', `${this.subnet}.254/24`, 'dev', this.bridge);
    ip('link', 'set', this.bridge, 'up');
  }

  address(number: number): string {
    return `${this.subnet}.${number}`;
  }

  remove(): void {
    try {
      ip('link', 'del', this.bridge);
    } finally {
      rmSync(this.folder, { recursive: true, force: true });
    }
  }
}

export class Machine {
  readonly number: number;
  readonly address: string;
  readonly netns: string;
  readonly state: string;
  /** What its server has said. */
  log = '';
  readonly #folder: string;
  #server: ChildProcess | undefined;
  #relay: ChildProcess | undefined;

  constructor({ id, bridge, folder, ...network }: Network, number: number) {
    this.number = number;
    this.address = `${network.subnet}.${number}`;
    this.netns = `${id}n${number}`;
    this.state = join(folder, String(number));
    this.#folder = folder;
    const link = `${id}l${number}`;
    ip('netns', 'add', this.netns);
    ip('link', 'add', link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', this.netns);
    ip('link', 'set', link, 'master', bridge, 'up');
    ip('-n', this.netns, 'addr', 'add', `${this.address}/24`, 'dev', 'eth0');
    for (const up of ['eth0', 'lo']) ip('-n', this.netns, 'link', 'set', up, 'up');
  }

  start(...flags: string[]): void {
    const [command, args] = this.#command(['server', '--name', 'ha', '--address', this.address, ...flags]);
    const child = spawn(command, args, { env: this.#env, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.on('data', (data) => (this.log += data));
    child.stderr.on('data', (data) => (this.log += data));
    this.#server = child;
  }

  kubets(...args: string[]): string {
    return this.run([...args, '--name', 'ha']);
  }

  run(args: string[], env: object = {}, timeoutMs?: number): string {
    const [command, all] = this.#command(args);
    const options = { env: { ...this.#env, ...env }, timeout: timeoutMs };
    return execFileSync(command, all, { ...options, encoding: 'utf8', stdio: 'pipe' });
  }

  /** Everything that runs there ends at once: the server and its etcd. */
  kill(): void {
    this.#server?.kill('SIGKILL');
    for (const line of execFileSync('ip', ['netns', 'pids', this.netns], { encoding: 'utf8' }).split('\n')) {
      const pid = Number(line);
      if (pid && pid !== this.#relay?.pid) process.kill(pid, 'SIGKILL');
    }
  }

  cut(): void {
    ip('-n', this.netns, 'link', 'set', 'eth0', 'down');
  }

  mend(): void {
    ip('-n', this.netns, 'link', 'set', 'eth0', 'up');
  }

  /** Loses that share of all packets that come in, so that answers are late as well as absent. */
  lose(percent: number): void {
    const rules = `table ip lossy { chain input { type filter hook input priority 0; iif "eth0" numgen random mod 100 < ${percent} drop; }; }`;
    execFileSync('ip', ['netns', 'exec', this.netns, 'nft', '-f', '-'], { input: rules });
  }

  loseNothing(): void {
    execFileSync('ip', ['netns', 'exec', this.netns, 'nft', 'delete', 'table', 'ip', 'lossy']);
  }

  /** Leads its connections to `others` through a relay, before there are any: `slow` makes them so. */
  async relay(others: readonly string[]): Promise<void> {
    const targets = others.flatMap((address) => ports.map((port) => `${address}:${port}`));
    const script = join(import.meta.dirname, 'delaying_relay.mjs');
    const args = ['netns', 'exec', this.netns, process.execPath, script, JSON.stringify(targets)];
    const relay = spawn('ip', args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#relay = relay;
    await new Promise((resolve, reject) => {
      relay.once('message', resolve);
      relay.once('exit', (code) => reject(new Error(`the relay ended with ${code}`)));
    });
  }

  /** Its connections to these addresses: each piece takes that long each way, others take no time. */
  slow(addresses: Record<string, Delay>): void {
    this.#relay!.send(addresses);
  }

  remove(): void {
    this.kill();
    this.#relay?.kill('SIGKILL');
    ip('netns', 'del', this.netns);
  }

  /** A request to this server alone. */
  ask(method: string, path: string, body?: object, timeoutMs = 4_000): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const asked = request(this.#to(method, path), (response) => {
        let text = '';
        response.on('data', (chunk) => (text += chunk));
        response.on('error', reject);
        response.on('end', () => {
          try {
            resolve({ status: response.statusCode!, body: JSON.parse(text) });
          } catch {
            resolve({ status: response.statusCode!, body: text });
          }
        });
      });
      const timer = setTimeout(() => asked.destroy(new Error('no answer in time')), timeoutMs);
      asked.on('error', reject);
      asked.on('close', () => clearTimeout(timer));
      asked.end(body && JSON.stringify(body));
    });
  }

  /** Events of a watch, until it ends or `signal` aborts; resolves to nothing, whyever. */
  watch(path: string, signal: AbortSignal, onEvent: (event: any) => void): Promise<void> {
    return new Promise((resolve) => {
      const asked = request({ ...this.#to('GET', path), signal }, (response) => {
        let rest = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => {
          const lines = (rest + part).split('\n');
          rest = lines.pop()!;
          for (const line of lines) onEvent(JSON.parse(line));
        });
        response.on('error', () => {});
        response.on('close', () => resolve());
      });
      asked.on('error', () => resolve());
      asked.end();
    });
  }

  async ready(): Promise<boolean> {
    return this.ask('GET', '/readyz').then(
      ({ status }) => status === 200,
      () => false,
    );
  }

  #command(args: string[]): [string, string[]] {
    return ['ip', ['netns', 'exec', this.netns, process.execPath, '--no-deprecation', program, ...args]];
  }

  get #env() {
    return { ...process.env, KUBETS_STATE_DIR: this.state, HOME: this.state };
  }

  #to(method: string, path: string) {
    const pki = (name: string) => readFileSync(join(this.#folder, '1', 'ha', 'pki', name));
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    return {
      host: this.address,
      port: 6443,
      method,
      path,
      ca: pki('ca.crt'),
      cert: pki('admin.crt'),
      key: pki('admin.key'),
      agent: false as const,
      headers: { 'content-type': type },
    };
  }
}

export interface Machines {
  folder: string;
  all: readonly [Machine, Machine, Machine];
  /** As everywhere, with what the servers said. */
  eventually<T>(what: string, check: () => Promise<T | false | undefined>): Promise<T>;
  /** While a majority finds itself again a write may be refused, or its outcome unknown: clients ask again. */
  insist(machine: Machine, method: string, path: string, body: object): Promise<unknown>;
  remove(): void;
}

/** Three machines with a cluster on them, whose links may be made slow if `relayed`. */
export async function startMachines({ relayed = false } = {}): Promise<Machines> {
  const network = new Network();
  const all: Machine[] = [];
  const eventually: Machines['eventually'] = (what, check) =>
    poll(what, check, 60_000).catch((error) => {
      const logs = all.map(({ number, log }) => `--- ${number}\n${log.slice(-1_500)}`).join('\n');
      throw new Error(`${error.message}\n${logs}`);
    });
  const remove = () => {
    for (const machine of all) machine.remove();
    network.remove();
  };
  try {
    for (const number of [1, 2, 3]) all.push(new Machine(network, number));
    const [first, second, third] = all as [Machine, Machine, Machine];
    if (relayed) {
      for (const machine of all) {
        await machine.relay(all.filter((each) => each !== machine).map(({ address }) => address));
      }
    }
    first.start('--cluster-init', '--fake-nodes', '2');
    await eventually('the first server', () => first.ready());
    const token = first.kubets('token').trim();
    // At once: etcd takes one learner at a time, the other waits for its turn.
    for (const machine of [second, third])
      machine.start('--join', `https://${first.address}:6443`, '--token', token);
    await eventually('the others', async () => (await second.ready()) && (await third.ready()));
    await eventually('votes', async () => first.kubets('etcd', 'ls').match(/voter/g)?.length === 3);
    return {
      folder: network.folder,
      all: [first, second, third],
      eventually,
      insist: (machine, method, path, body) =>
        eventually(`${method} ${path}`, async () => (await machine.ask(method, path, body)).status < 300),
      remove,
    };
  } catch (error) {
    remove();
    throw error;
  }
}

export const configMaps = '/api/v1/namespaces/default/configmaps';
export const deployments = '/apis/apps/v1/namespaces/default/deployments';

export function deploymentOf(name: string, replicas: number): object {
  return {
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name, image: 'example.com/web:1' }] },
      },
    },
  };
}

export async function podsOf(machine: Machine): Promise<any[]> {
  return (await machine.ask('GET', '/api/v1/namespaces/default/pods')).body.items;
}
