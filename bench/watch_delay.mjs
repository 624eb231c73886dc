// How long after a commit is on the server's disk its event is at a client: an API server on the embedded store, a
// watcher and a writer, each a process, over HTTP/2 and TLS. Linux has one monotonic clock for all of them. Beside
// them, by turns, the same with a bare relay in the server's place (./bare_relay.mjs).
import { fork } from 'node:child_process';
import { connect } from 'node:http2';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { connectToRelay, serveRelay, watchRelay } from './bare_relay.mjs';
import { bundle } from './bundle.mjs';

const path = '/api/v1/namespaces/default/configmaps';
const turns = 5;
const now = () => Number(process.hrtime.bigint()) / 1e6;

/**
 * Delays in ms, sorted, of the API server and of the relay: `commit` from the disk, `call` from the request of the
 * writer, to the event at the client. `count` is of each.
 */
export async function measureWatchDelay({ folder, count, perSecond }) {
  const started = [];
  try {
    const api = await start(started, 'api', folder);
    const relay = await start(started, 'relay', folder);
    // Processes that have just been started are still being compiled.
    for (const each of [api, relay]) await each.writer.ask({ count: 3_000, perSecond, prefix: 'first' });
    for (let turn = 0; turn < turns; turn++) {
      const ask = { count: count / turns, perSecond, prefix: `web-${turn}` };
      for (const each of [api, relay]) each.turns.push(await each.writer.ask(ask));
    }
    await sleep(300);
    return { api: await delaysOf(api), relay: await delaysOf(relay) };
  } finally {
    for (const each of started) each.kill();
  }
}

async function start(started, kind, folder) {
  const { nodeFlags } = await bundle('node_flags', [
    ['@kubets/distro/processes/garbage_collection.ts', 'nodeFlags'],
  ]);
  const begin = (...args) => {
    const child = role(kind === 'api' && args[0] === 'serve' ? nodeFlags() : [], kind, ...args);
    started.push(child);
    return child;
  };
  const server = begin('serve', folder);
  const { port, ca } = await server.next();
  const [watcher, writer] = ['watch', 'write'].map((name) => begin(name, port, ca));
  await Promise.all([watcher.next(), writer.next()]);
  return { server, watcher, writer, turns: [] };
}

async function delaysOf({ server, watcher, turns }) {
  const [committedAt, seenAt] = await Promise.all([server.ask('times'), watcher.ask('times')]);
  const calls = turns.flatMap(({ calledAt }) => [...calledAt]);
  return {
    rate: turns.reduce((sum, { rate }) => sum + rate, 0) / turns.length,
    commit: sorted(calls.map(([revision]) => seenAt.get(revision) - committedAt.get(revision))),
    call: sorted(calls.map(([revision, calledAt]) => seenAt.get(revision) - calledAt)),
  };
}

function sorted(delays) {
  if (delays.some(Number.isNaN)) throw new Error('events are missing');
  return delays.sort((a, b) => a - b);
}

function role(execArgv, ...args) {
  const child = fork(fileURLToPath(import.meta.url), args.map(String), {
    execArgv,
    serialization: 'advanced',
  });
  const next = () => new Promise((resolve) => child.once('message', resolve));
  const ask = (question) => {
    child.send(question);
    return next();
  };
  return { next, ask, kill: () => child.kill() };
}

/** The writer: writes so many objects a second as it is asked for, then says when it called for each revision. */
async function write(post) {
  process.on('message', async ({ count, perSecond, prefix }) => {
    const calledAt = new Map();
    const began = now();
    const answers = [];
    for (let i = 0; i < count; i++) {
      const due = began + (i * 1_000) / perSecond;
      if (now() < due) await sleep(due - now());
      const called = now();
      answers.push(post(bodyOf(nameOf(prefix, i))).then((text) => calledAt.set(revisionIn(text), called)));
    }
    await Promise.all(answers);
    process.send({ calledAt, rate: (count * 1_000) / (now() - began) });
  });
  process.send('writing');
}

/** Names come in no order, as those with random suffixes do. */
const nameOf = (prefix, i) => `${prefix}-${((i * 7_919) % 1_000_003).toString(36)}`;

const bodyOf = (name) => JSON.stringify({ metadata: { name }, data: { value: 'x'.repeat(1_750) } });

const revisionIn = (text) => Number(/"resourceVersion":"(\d+)"/.exec(text)[1]);

/** The watcher: says when it watches, then, asked for them, when it saw each revision. */
async function watch(open) {
  const seenAt = new Map();
  process.on('message', () => process.send(seenAt));
  await open((line, at) => seenAt.set(revisionIn(line), at));
  process.send('watching');
}

function watchApi(port, ca, take) {
  const stream = connect(`https://127.0.0.1:${port}`, { ca }).request({
    ':path': `${path}?watch=true&resourceVersion=0`,
  });
  stream.setEncoding('latin1');
  let rest = '';
  stream.on('data', (part) => {
    const at = now();
    const lines = (rest + part).split('\n');
    rest = lines.pop();
    for (const line of lines) take(line, at);
  });
  return new Promise((resolve) => stream.once('response', resolve));
}

/** The server: sends its port, then, asked for them, when each revision was on the disk. */
async function serve(begin) {
  const { makeAuthority } = await bundle('certificates', [
    ['@kubets/apiserver/http/testing/certificates.ts', 'makeAuthority'],
  ]);
  const authority = await makeAuthority();
  const pair = await authority.sign('CN=kube-apiserver');
  const committedAt = new Map();
  const onCommit = (revision) => {
    if (!committedAt.has(revision)) committedAt.set(revision, now());
  };
  const port = await begin({ ...pair, ca: authority.ca, onCommit });
  process.on('message', () => process.send(committedAt));
  process.send({ port, ca: authority.ca });
}

async function serveApi({ folder, key, cert, ca, onCommit }) {
  const parts = await bundle('watch_delay', [
    ['@kubets/storage/lmdb/index.ts', 'openLmdbStore'],
    ['@kubets/apiserver/testing/test_server.ts', 'startTestServer'],
    ['@kubets/apiserver/http/index.ts', 'serveHttp'],
    ['@kubets/base', 'systemClock, silentLogger, seededRandom'],
    ['@kubets/distro/processes/garbage_collection.ts', 'setHeapGrowth'],
  ]);
  const { openLmdbStore, startTestServer, serveHttp, systemClock, silentLogger, seededRandom } = parts;
  parts.setHeapGrowth();
  const store = await openLmdbStore({ path: folder, clock: systemClock, log: silentLogger });
  const { server } = await startTestServer({
    store: timed(store, onCommit),
    clock: systemClock,
    authenticators: [
      { name: 'all', authenticate: () => ({ username: 'admin', groups: ['system:masters'] }) },
    ],
  });
  const options = { handle: server.handle, host: '127.0.0.1', clock: systemClock, log: silentLogger };
  const random = seededRandom(1);
  const { port } = await serveHttp({ ...options, tls: { key, cert, clientCa: ca }, port: 0, random });
  return port;
}

/** The store; whoever watches it is handed a change as soon as the disk has it. */
function timed(store, onCommit) {
  return {
    revision: () => store.revision(),
    get: (key, at) => store.get(key, at),
    list: (range, options) => store.list(range, options),
    commit: (write) => store.commit(write),
    compact: (before) => store.compact(before),
    problems: () => store.problems(),
    close: () => store.close(),
    watch: (range, after, signal) => ({
      [Symbol.asyncIterator]() {
        const batches = store.watch(range, after, signal)[Symbol.asyncIterator]();
        return {
          async next() {
            const result = await batches.next();
            for (const { revision } of result.value?.changes ?? []) onCommit(revision);
            return result;
          },
          return: () => batches.return(),
        };
      },
    }),
  };
}

const roles = {
  api: {
    serve: (folder) => serve((options) => serveApi({ ...options, folder: join(folder, 'store') })),
    watch: (port, ca) => watch((take) => watchApi(port, ca, take)),
    async write(port, ca) {
      const { connectFramed } = await import('./framed_client.mjs');
      const client = await connectFramed(port, ca);
      const headers = client.headersOf(path);
      return write((body) => client.post(headers, Buffer.from(body)));
    },
  },
  relay: {
    serve: (folder) => serve((options) => serveRelay({ ...options, path: join(folder, 'relayed') })),
    watch: (port, ca) => watch((take) => watchRelay(port, ca, (line) => take(line, now()))),
    async write(port, ca) {
      const { post } = await connectToRelay(port, ca);
      return write(post);
    },
  },
};

if (process.send && process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , kind, name, ...args] = process.argv;
  await roles[kind][name](...args);
}
