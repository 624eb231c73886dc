// What watches of a killed server are worth: 50 of them and 20 writers go on where they were, again and again.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isApiError, isExpired, type KubeObject } from '@kubets/api';
import { seededRandom, systemClock } from '@kubets/base';
import { type Client, createClient, refs, type WatchEvent } from '@kubets/client';
import { httpTransport } from '@kubets/client/http/index.ts';
import { createAuthority, createSigningKey, signLeaf } from '@kubets/distro/certificates/certificates.ts';
import { expect, test } from 'vitest';

const program = process.env.KUBETS_PROGRAM ?? join(import.meta.dirname, '../../bin/kubets.mjs');
const writers = 20;
const watchers = 50;
const kills = 3;
const betweenKillsMs = 1_500;
const namespace = 'default';

interface Seen {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  name: string;
  revision: number;
  count: number;
  red: boolean;
}

/** What one watcher was told without a gap: a list, and all that came after it, through any number of watches. */
interface Stretch {
  start: number;
  state: Map<string, Seen>;
  events: Seen[];
  upTo: number;
}

const pause = (ms: number) => systemClock.sleep(ms);

function seen(type: Seen['type'], object: KubeObject): Seen {
  const { name, resourceVersion, labels } = object.metadata;
  const count = Number((object as { data?: Record<string, string> }).data?.count);
  return { type, name, revision: Number(resourceVersion), count, red: labels?.color === 'red' };
}

class Writer {
  readonly acknowledged: Seen[] = [];
  /** By name; `unknown` where the answer never came. */
  readonly #known = new Map<string, Seen | 'deleted' | 'unknown'>();

  async run(client: Client, id: number, isOver: () => boolean): Promise<void> {
    const random = seededRandom(id + 1);
    for (let count = 1; !isOver(); count++) {
      const name = `w${id}-${Math.floor(random.next() * 3)}`;
      const red = random.next() < 0.5;
      const object: any = {
        metadata: { name, namespace, labels: { color: red ? 'red' : 'blue' } },
        data: { count: String(count) },
      };
      const known = this.#known.get(name);
      try {
        if (known === 'unknown') {
          const there = await client.get(refs.configMaps, name, namespace).catch((error) => {
            if (isApiError(error) && error.status.code === 404) return undefined;
            throw error;
          });
          this.#known.set(name, there ? seen('ADDED', there) : 'deleted');
        } else if (known === undefined || known === 'deleted') {
          await this.#wrote(name, () => client.create(refs.configMaps, object));
        } else if (random.next() < 0.2) {
          this.#known.set(name, 'unknown');
          await client.delete(refs.configMaps, name, namespace);
          this.#known.set(name, 'deleted');
        } else {
          object.metadata.resourceVersion = String(known.revision);
          await this.#wrote(name, () => client.update(refs.configMaps, object));
        }
      } catch (error) {
        // A conflict would be another's write: nobody else writes these.
        if (isApiError(error) && [404, 409].includes(error.status.code!)) throw error;
        await pause(30);
      }
      await pause(random.next() * 20);
    }
  }

  async #wrote(name: string, write: () => Promise<KubeObject>): Promise<void> {
    this.#known.set(name, 'unknown');
    const written = seen('ADDED', await write());
    this.#known.set(name, written);
    this.acknowledged.push(written);
  }
}

class WatchLog {
  readonly stretches: Stretch[] = [];
  resumed = 0;
  readonly #stop = new AbortController();

  stop(): void {
    this.#stop.abort();
  }

  async run(client: Client, labelSelector: string | undefined): Promise<void> {
    const { signal } = this.#stop;
    const selection = { namespace, ...(labelSelector && { labelSelector }) };
    let stretch: Stretch | undefined;
    while (!signal.aborted) {
      try {
        if (!stretch) {
          const list = await client.list(refs.configMaps, { ...selection, signal });
          const start = Number(list.resourceVersion);
          const state = new Map(list.items.map((item) => [item.metadata.name, seen('ADDED', item)]));
          stretch = { start, state, events: [], upTo: start };
          this.stretches.push(stretch);
        } else if (stretch.events.length > 0) this.resumed += 1;
        const from = { ...selection, resourceVersion: String(stretch.upTo) };
        for await (const events of client.watch(refs.configMaps, from, signal))
          for (const event of events) take(stretch, event);
      } catch (error) {
        if (signal.aborted) return;
        if (isExpired(error)) stretch = undefined;
        else await pause(30);
      }
    }
  }
}

function take(stretch: Stretch, event: WatchEvent<KubeObject>): void {
  if (event.type === 'BOOKMARK') stretch.upTo = Math.max(stretch.upTo, Number(event.resourceVersion));
  else {
    const one = seen(event.type, event.object);
    stretch.events.push(one);
    stretch.upTo = one.revision;
  }
}

/** What a watch with a selector must be told of `truth`, given the state before it. */
function told(before: Map<string, Seen>, truth: readonly Seen[], matches: (one: Seen) => boolean): string[] {
  const state = new Map(before);
  const lines: string[] = [];
  for (const one of truth) {
    const old = state.get(one.name);
    const was = old !== undefined && matches(old);
    const is = one.type !== 'DELETED' && matches(one);
    if (is) lines.push(`${was ? 'MODIFIED' : 'ADDED'} ${one.name} ${one.revision} ${one.count}`);
    else if (was) lines.push(`DELETED ${one.name} ${one.revision} ${old.count}`);
    if (one.type === 'DELETED') state.delete(one.name);
    else state.set(one.name, one);
  }
  return lines;
}

const line = ({ type, name, revision, count }: Seen) => `${type} ${name} ${revision} ${count}`;

test('watches of a server that is killed go on without a gap, a repeat or a change of order', async () => {
  const server = await startServer();
  const over = new AbortController();
  try {
    const all = Array.from({ length: writers }, () => new Writer());
    const logs = Array.from({ length: watchers }, () => new WatchLog());
    const writing = all.map((writer, i) => writer.run(server.client, i, () => over.signal.aborted));
    const watching = logs.map((log, i) => log.run(server.client, i % 2 ? 'color=red' : undefined));
    for (let kill = 0; kill < kills; kill++) {
      await pause(betweenKillsMs);
      await server.restart();
    }
    await pause(betweenKillsMs);
    over.abort();
    await Promise.all(writing);
    const last = await server.client.create(refs.configMaps, {
      metadata: { name: 'last', namespace, labels: { color: 'red' } },
    });
    const end = Number(last.metadata.resourceVersion);
    const late = () => logs.filter((log) => (log.stretches.at(-1)?.upTo ?? 0) < end);
    for (let i = 0; i < 200 && late().length > 0; i++) await pause(50);
    expect(late()).toHaveLength(0);
    for (const log of logs) log.stop();
    await Promise.all(watching);

    // Every change once, of all who were told of all.
    const byRevision = new Map<number, Seen>();
    for (const { stretches } of logs.filter((_, i) => i % 2 === 0))
      for (const one of stretches.flatMap(({ events }) => events)) {
        const known = byRevision.get(one.revision);
        if (known) expect(line(one)).toBe(line(known));
        byRevision.set(one.revision, one);
      }
    const truth = [...byRevision.values()].sort((a, b) => a.revision - b.revision);
    logs.forEach(({ stretches }, i) => {
      // Nobody had to begin again: what they knew was not long ago.
      expect(stretches).toHaveLength(1);
      const { start, state, events } = stretches[0]!;
      const after = truth.filter(({ revision }) => revision > start);
      expect(events.map(line)).toEqual(told(state, after, i % 2 ? ({ red }) => red : () => true));
    });
    const earliest = Math.min(...logs.map(({ stretches }) => stretches[0]!.start));
    const acknowledged = all.flatMap((writer) =>
      writer.acknowledged.filter((each) => each.revision > earliest),
    );
    for (const { name, revision, count } of acknowledged)
      expect(byRevision.get(revision)).toMatchObject({ name, count });
    expect(acknowledged.length).toBeGreaterThan(200);
    expect(logs.every(({ resumed }) => resumed >= kills - 1)).toBe(true);
    const list = await server.client.list(refs.configMaps, { namespace });
    const final = new Map<string, number>();
    const { state, events } = logs[0]!.stretches[0]!;
    for (const one of [...state.values(), ...events])
      if (one.type === 'DELETED') final.delete(one.name);
      else final.set(one.name, one.revision);
    expect(Object.fromEntries(final)).toEqual(
      Object.fromEntries(list.items.map(({ metadata }) => [metadata.name, Number(metadata.resourceVersion)])),
    );
  } finally {
    over.abort();
    await server.stop();
  }
});

async function startServer() {
  const folder = mkdtempSync(join(tmpdir(), 'kubets-watch-'));
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const nowMs = systemClock.now();
  const authority = await createAuthority({ commonName: 'test', nowMs });
  const own = await signLeaf(authority, {
    commonName: 'server',
    usage: ['server'],
    ipAddresses: ['127.0.0.1'],
    nowMs,
  });
  const admin = await signLeaf(authority, {
    commonName: 'admin',
    organizations: ['system:masters'],
    usage: ['client'],
    nowMs,
  });
  const signing = await createSigningKey();
  const port = await freePort();
  mkdirSync(join(folder, 'store'));
  const args = [
    ['--client-ca-file', file('ca.crt', authority.certificate)],
    ['--tls-cert-file', file('server.crt', own.certificate)],
    ['--tls-private-key-file', file('server.key', own.key)],
    ['--service-account-key-file', file('sa.pub', signing.publicKey)],
    ['--service-account-signing-key-file', file('sa.key', signing.privateKey)],
    ['--bind-address', '127.0.0.1'],
    ['--secure-port', String(port)],
    ['--store-path', join(folder, 'store')],
  ].flat();
  const transport = httpTransport({
    server: `https://127.0.0.1:${port}`,
    ca: authority.certificate,
    cert: admin.certificate,
    key: admin.key,
  });
  const client = createClient(transport);
  let child: ChildProcess;
  const start = async () => {
    child = spawn(process.execPath, [program, 'apiserver', ...args], { stdio: 'ignore' });
    for (let i = 0; i < 300; i++) {
      const ready = await transport.request({ method: 'GET', path: '/readyz' }).catch(() => undefined);
      if (ready === 'ok') return;
      await pause(50);
    }
    throw new Error('the server does not start');
  };
  const kill = () =>
    new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
      child.kill('SIGKILL');
    });
  await start();
  return {
    client,
    async restart() {
      await kill();
      await start();
    },
    async stop() {
      await kill();
      transport.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
