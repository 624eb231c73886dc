// Real etcd servers for tests: on loopback ports that are free, in folders that are removed.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { memoryFolder } from '../../lmdb/memory_folder.ts';

const program = process.env.KUBETS_ETCD ?? 'etcd';

/** Undefined where etcd isn't installed; tests that need it are skipped then. */
export const etcdVersion = ((): string | undefined => {
  try {
    return /etcd Version: (\S+)/.exec(execFileSync(program, ['--version'], { encoding: 'utf8' }))?.[1];
  } catch {
    return undefined;
  }
})();

export interface EtcdMember {
  readonly url: string;
  readonly process: ChildProcess | undefined;
  start(): Promise<void>;
  /** Kills it with no chance to tidy up, unless another signal is given. */
  kill(signal?: NodeJS.Signals): Promise<void>;
}

export interface EtcdCluster {
  readonly members: readonly EtcdMember[];
  readonly endpoints: readonly string[];
  remove(): Promise<void>;
}

export interface EtcdOptions {
  size?: number;
  /** Files for `--cert-file` and so on; the client's URL is then https. */
  tls?: { certificate: string; key: string; ca: string };
  flags?: readonly string[];
}

export async function startEtcd({ size = 1, tls, flags = [] }: EtcdOptions = {}): Promise<EtcdCluster> {
  const folder = await mkdtemp(join(memoryFolder(), 'kubets-etcd-'));
  const ports = await freePorts(size * 2);
  const scheme = tls ? 'https' : 'http';
  const names = Array.from({ length: size }, (_, i) => `m${i}`);
  const peer = (i: number) => `http://127.0.0.1:${ports[2 * i + 1]}`;
  const cluster = names.map((name, i) => `${name}=${peer(i)}`).join(',');
  const members = names.map((name, i) => {
    const url = `${scheme}://127.0.0.1:${ports[2 * i]}`;
    return etcdMember(url, [
      ...['--name', name, '--data-dir', join(folder, name), '--logger', 'zap', '--log-level', 'fatal'],
      ...['--listen-client-urls', url, '--advertise-client-urls', url],
      ...['--listen-peer-urls', peer(i), '--initial-advertise-peer-urls', peer(i)],
      ...['--initial-cluster', cluster],
      ...(tls ? ['--cert-file', tls.certificate, '--key-file', tls.key] : []),
      ...(tls ? ['--client-cert-auth', '--trusted-ca-file', tls.ca] : []),
      ...flags,
    ]);
  });
  await Promise.all(members.map((member) => member.start()));
  return {
    members,
    endpoints: members.map((member) => member.url),
    async remove() {
      await Promise.all(members.map((member) => member.kill()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** None outlives the tests, even where one of them was cut off. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

function etcdMember(url: string, args: string[]): EtcdMember {
  let child: ChildProcess | undefined;
  return {
    url,
    get process() {
      return child;
    },
    async start() {
      const started = spawn(program, args, { stdio: 'ignore' });
      child = started;
      running.add(started);
      started.once('exit', () => running.delete(started));
      await new Promise<void>((resolve, reject) => {
        started.once('spawn', resolve);
        started.once('error', reject);
      });
    },
    async kill(signal = 'SIGKILL') {
      const dying = child;
      child = undefined;
      if (!dying || dying.exitCode !== null) return;
      const gone = new Promise((resolve) => dying.once('exit', resolve));
      dying.kill(signal);
      await gone;
    },
  };
}

/** All open at once, so that they differ. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports: number[] = [];
  for (const server of servers) {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ports.push((server.address() as { port: number }).port);
  }
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
