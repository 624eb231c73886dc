// Three servers, each with its member of etcd, in network namespaces of their own: one is killed, one is cut off, one
// is replaced, while clients go on writing.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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
const runs = process.getuid?.() === 0 && has('ip') && has('etcd') && has('nft');
const id = `k${process.pid % 100_000}`;
const bridge = `${id}b`;
const subnet = `10.${100 + (process.pid % 100)}.${(process.pid >> 3) % 250}`;
const folder = mkdtempSync(join(tmpdir(), 'kubets-ha-'));
const ip = (...args: string[]) => execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'ignore'] });

class Machine {
  readonly number: number;
  readonly address: string;
  readonly netns: string;
  readonly state: string;
  #server: ChildProcess | undefined;
  log = '';

  constructor(number: number) {
    this.number = number;
    this.address = `${subnet}.${number}`;
    this.netns = `${id}n${number}`;
    this.state = join(folder, String(number));
    const link = `${id}l${number}`;
    ip('netns', 'add', this.netns);
    ip('link', 'add', link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', this.netns);
    ip('link', 'set', link, 'master', bridge, 'up');
    ip('-n', this.netns, 'addr', 'add', `${this.address}/24`, 'dev', 'eth0');
    for (const up of ['eth0', 'lo']) ip('-n', this.netns, 'link', 'set', up, 'up');
  }

  #command(args: string[]): [string, string[]] {
    return ['ip', ['netns', 'exec', this.netns, process.execPath, '--no-deprecation', program, ...args]];
  }

  get #env() {
    return { ...process.env, KUBETS_STATE_DIR: this.state, HOME: this.state };
  }

  start(...flags: string[]): void {
    const [command, args] = this.#command(['server', '--name', 'ha', '--address', this.address, ...flags]);
    const child = spawn(command, args, { env: this.#env, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.on('data', (data) => (this.log += data));
    child.stderr.on('data', (data) => (this.log += data));
    this.#server = child;
  }

  kubets(...args: string[]): string {
    const [command, all] = this.#command([...args, '--name', 'ha']);
    return execFileSync(command, all, { env: this.#env, encoding: 'utf8' });
  }

  /** Everything that runs there ends at once: the server and its etcd. */
  kill(): void {
    this.#server?.kill('SIGKILL');
    for (const pid of execFileSync('ip', ['netns', 'pids', this.netns], { encoding: 'utf8' }).split('\n')) {
      if (pid.trim()) process.kill(Number(pid), 'SIGKILL');
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

  remove(): void {
    this.kill();
    ip('netns', 'del', this.netns);
  }

  /** A request to this server alone. */
  ask(
    method: string,
    path: string,
    body?: object,
    timeoutMs = 4_000,
  ): Promise<{ status: number; body: any }> {
    const pki = (name: string) => readFileSync(join(folder, '1', 'ha', 'pki', name));
    return new Promise((resolve, reject) => {
      const asked = request(
        {
          host: this.address,
          port: 6443,
          method,
          path,
          ca: pki('ca.crt'),
          cert: pki('admin.crt'),
          key: pki('admin.key'),
          agent: false,
          headers: {
            'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
          },
        },
        (response) => {
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
        },
      );
      const timer = setTimeout(() => asked.destroy(new Error('no answer in time')), timeoutMs);
      asked.on('error', reject);
      asked.on('close', () => clearTimeout(timer));
      asked.end(body && JSON.stringify(body));
    });
  }

  async ready(): Promise<boolean> {
    return this.ask('GET', '/readyz').then(
      ({ status }) => status === 200,
      () => false,
    );
  }
}

let machines: Machine[];

/** As everywhere, with what the servers said. */
async function eventually<T>(what: string, check: () => Promise<T | false | undefined>): Promise<T> {
  return poll(what, check, 60_000).catch((error) => {
    const logs = machines.map(({ number, log }) => `--- ${number}\n${log.slice(-1_500)}`).join('\n');
    throw new Error(`${error.message}\n${logs}`);
  });
}

const configMaps = '/api/v1/namespaces/default/configmaps';
const deployment = '/apis/apps/v1/namespaces/default/deployments/web';

/** Writes through `machine` until told to stop. What the server has acknowledged is kept. */
function writer(machine: Machine) {
  const acknowledged: string[] = [];
  let stopped = false;
  const done = (async () => {
    for (let count = 0; !stopped; count++) {
      const name = `w${machine.number}-${count}`;
      const { status } = await machine
        .ask('POST', configMaps, { metadata: { name }, data: { machine: machine.address } }, 3_000)
        .catch(() => ({ status: 0 }));
      if (status === 201) acknowledged.push(name);
      else await new Promise((resolve) => setTimeout(resolve, 100));
    }
  })();
  return {
    acknowledged,
    async stop() {
      stopped = true;
      await done;
    },
  };
}

/** While a majority finds itself again a write may be refused, or its outcome unknown: clients ask again. */
function insist(machine: Machine, method: string, path: string, body: object): Promise<unknown> {
  return eventually(`${method} ${path}`, async () => (await machine.ask(method, path, body)).status < 300);
}

async function podsOf(machine: Machine): Promise<any[]> {
  return (await machine.ask('GET', '/api/v1/namespaces/default/pods')).body.items;
}

describe.skipIf(!runs)('several servers', () => {
  beforeAll(async () => {
    ip('link', 'add', bridge, 'type', 'bridge');
    ip('addr', 'add', `${subnet}.254/24`, 'dev', bridge);
    ip('link', 'set', bridge, 'up');
    machines = [1, 2, 3].map((number) => new Machine(number));
    const [first, second, third] = machines as [Machine, Machine, Machine];
    first.start('--cluster-init', '--fake-nodes', '2');
    await eventually('the first server', () => first.ready());
    const token = first.kubets('token').trim();
    // At once: etcd takes one learner at a time, the other waits for its turn.
    for (const machine of [second, third])
      machine.start('--join', `https://${first.address}:6443`, '--token', token);
    await eventually('the others', async () => (await second.ready()) && (await third.ready()));
    await eventually('votes', async () => first.kubets('etcd', 'ls').match(/voter/g)?.length === 3);
  });
  afterAll(() => {
    for (const machine of machines ?? []) machine.remove();
    try {
      ip('link', 'del', bridge);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test('a wrong token and a foreign authority are refused', () => {
    const [, second] = machines as [Machine, Machine, Machine];
    const good = second.kubets('token').trim();
    const refusal = (token: string) => {
      const [server] = machines as [Machine];
      const flags = ['--name', 'other', '--join', `https://${server.address}:6443`, '--token', token];
      const args = ['netns', 'exec', second.netns, process.execPath, '--no-deprecation', program, 'server'];
      const env = { ...process.env, KUBETS_STATE_DIR: join(folder, 'other') };
      try {
        execFileSync('ip', [...args, ...flags], { env, encoding: 'utf8', stdio: 'pipe', timeout: 30_000 });
        return '';
      } catch (error) {
        return (error as { stderr: string }).stderr;
      }
    };
    expect(refusal(good.replace(/.{4}$/, '0000'))).toContain('does not know the token');
    expect(refusal(good.replace(/^K10.{4}/, 'K100000'))).toContain('belongs to another cluster');
    expect(refusal('nonsense')).toContain('the token must be');
  });

  test('nothing acknowledged is lost and nothing is done twice while servers are killed and cut off', async () => {
    const [first, second, third] = machines as [Machine, Machine, Machine];
    const writers = machines.map(writer);
    await first.ask('POST', '/apis/apps/v1/namespaces/default/deployments', {
      metadata: { name: 'web' },
      spec: {
        replicas: 6,
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'web', image: 'example.com/web:1' }] },
        },
      },
    });
    await eventually('six pods', async () => (await podsOf(second)).length === 6);

    // The one that decides is killed with its etcd: another decides from then on.
    first.kill();
    await insist(second, 'PATCH', deployment, { spec: { replicas: 9 } });
    await eventually('nine pods', async () => (await podsOf(third)).length === 9);
    first.start();
    await eventually('the first server again', () => first.ready());

    // Cut off: it must not answer with what it last knew.
    third.cut();
    await insist(first, 'PATCH', deployment, { spec: { replicas: 10 } });
    await eventually('ten pods', async () => (await podsOf(first)).length === 10);
    third.mend();
    await eventually('the third server again', () => third.ready());
    expect(await podsOf(third)).toHaveLength(10);

    // Packets are lost on the way to each of them: everything is late, nothing may be wrong.
    for (const machine of machines) machine.lose(8);
    await insist(second, 'PATCH', deployment, { spec: { replicas: 11 } });
    await eventually('eleven pods', async () => (await podsOf(first)).length === 11);
    for (const machine of machines) machine.loseNothing();

    for (const each of writers) await each.stop();
    const acknowledged = writers.flatMap((each) => each.acknowledged);
    expect(acknowledged.length).toBeGreaterThan(100);
    for (const machine of machines) {
      const { body } = await machine.ask('GET', configMaps);
      const names = new Set(body.items.map((item: any) => item.metadata.name));
      expect(acknowledged.filter((name) => !names.has(name))).toEqual([]);
    }
    // Two controllers at work would have made more pods than were ever wanted.
    const sets = (await first.ask('GET', '/apis/apps/v1/namespaces/default/replicasets')).body.items;
    expect(sets).toHaveLength(1);
    const { body: history } = await first.ask('GET', '/kubets/v1/history?resource=pods&limit=1000');
    const created = history.items.filter((item: any) => item.type === 'created');
    expect(created).toHaveLength(11);
  });

  test('a lost machine is replaced by a new one', async () => {
    const [first, second, third] = machines as [Machine, Machine, Machine];
    const lost = third.kubets('status', '-o', 'json');
    expect(JSON.parse(lost).store.type).toBe('etcd');
    third.kill();
    rmSync(third.state, { recursive: true, force: true });
    const token = first.kubets('token').trim();
    third.start('--join', `https://${second.address}:6443`, '--token', token);
    await eventually('the new server', () => third.ready());
    await eventually('its vote', async () => {
      const members = first.kubets('etcd', 'ls').trim().split('\n').slice(1);
      return members.length === 3 && members.every((line) => line.includes('voter'));
    });
    expect(await podsOf(third)).toHaveLength(11);
  });
});
