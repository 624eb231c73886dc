// How long after a commit is on the server's disk its event is at a client: an API server on the embedded store, a
// watcher and a writer, each a process, over HTTP/2 and TLS. Linux has one monotonic clock for all of them.
import { fork } from 'node:child_process';
import { connect } from 'node:http2';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const path = '/api/v1/namespaces/default/configmaps';
const now = () => Number(process.hrtime.bigint()) / 1e6;

/**
 * Delays in ms, sorted: `commit` from the disk, `call` from the request of the writer, to the event at the client.
 * The names of what is written begin with `prefix`.
 */
export async function measureWatchDelay({ folder, count, perSecond, prefix }) {
  const server = role('serve', folder);
  const clients = [];
  try {
    const { port, ca } = await server.next();
    const [watcher, writer] = ['watch', 'write'].map((name) => role(name, port, ca));
    clients.push(watcher, writer);
    await Promise.all([watcher.next(), writer.next()]);
    // Processes that have just been started are still being compiled.
    await writer.ask({ count: 3_000, perSecond, prefix: `${prefix}-first` });
    const { calledAt, rate } = await writer.ask({ count, perSecond, prefix });
    await sleep(300);
    const [committedAt, seenAt] = await Promise.all([server.ask('times'), watcher.ask('times')]);
    const delays = (from) =>
      [...calledAt.keys()].map((revision) => seenAt.get(revision) - from.get(revision));
    return { rate, commit: sorted(delays(committedAt)), call: sorted(delays(calledAt)) };
  } finally {
    for (const each of [server, ...clients]) each.kill();
  }
}

function role(...args) {
  const child = fork(fileURLToPath(import.meta.url), args.map(String), {
    execArgv: [],
    serialization: 'advanced',
  });
  const next = () => new Promise((resolve) => child.once('message', resolve));
  const ask = (question) => {
    child.send(question);
    return next();
  };
  return { next, ask, kill: () => child.kill() };
}

function sorted(delays) {
  if (delays.some(Number.isNaN)) throw new Error('events are missing');
  return delays.sort((a, b) => a - b);
}

/** The writer: writes so many objects a second as it is asked for, then says when it called for each revision. */
function write(port, ca) {
  const session = connect(`https://127.0.0.1:${port}`, { ca });
  process.on('message', async ({ count, perSecond, prefix }) => {
    const calledAt = new Map();
    const began = now();
    const answers = [];
    for (let i = 0; i < count; i++) {
      const due = began + (i * 1_000) / perSecond;
      if (now() < due) await sleep(due - now());
      const called = now();
      answers.push(create(session, nameOf(prefix, i)).then((revision) => calledAt.set(revision, called)));
    }
    await Promise.all(answers);
    process.send({ calledAt, rate: (count * 1_000) / (now() - began) });
  });
  session.once('connect', () => process.send('writing'));
}

/** Names come in no order, as those with random suffixes do. */
const nameOf = (prefix, i) => `${prefix}-${((i * 7_919) % 1_000_003).toString(36)}`;

function create(session, name) {
  const stream = session.request({ ':method': 'POST', ':path': path, 'content-type': 'application/json' });
  stream.end(JSON.stringify({ metadata: { name }, data: { value: 'x'.repeat(1_750) } }));
  return textOf(stream).then((text) => revisionIn(text));
}

/** The watcher: says when it watches, then, asked for them, when it saw each revision. */
function watch(port, ca) {
  const seenAt = new Map();
  const stream = connect(`https://127.0.0.1:${port}`, { ca }).request({
    ':path': `${path}?watch=true&resourceVersion=0`,
  });
  stream.setEncoding('latin1');
  let rest = '';
  stream.on('data', (part) => {
    const at = now();
    const lines = (rest + part).split('\n');
    rest = lines.pop();
    for (const line of lines) seenAt.set(revisionIn(line), at);
  });
  process.on('message', () => process.send(seenAt));
  stream.once('response', () => process.send('watching'));
}

const revisionIn = (text) => Number(/"resourceVersion":"(\d+)"/.exec(text)[1]);

async function textOf(stream) {
  let text = '';
  stream.setEncoding('utf8');
  for await (const part of stream) text += part;
  return text;
}

/** The server: sends its port, then, asked for them, when each revision was on the disk. */
async function serve(folder) {
  const { bundle } = await import('./bundle.mjs');
  const {
    openLmdbStore,
    startTestServer,
    makeAuthority,
    serveHttp,
    systemClock,
    silentLogger,
    seededRandom,
  } = await bundle('watch_delay', [
    ['@kubets/storage/lmdb/index.ts', 'openLmdbStore'],
    ['@kubets/apiserver/testing/test_server.ts', 'startTestServer'],
    ['@kubets/apiserver/http/testing/certificates.ts', 'makeAuthority'],
    ['@kubets/apiserver/http/index.ts', 'serveHttp'],
    ['@kubets/base', 'systemClock, silentLogger, seededRandom'],
  ]);
  const store = await openLmdbStore({ path: folder, clock: systemClock, log: silentLogger });
  const committedAt = new Map();
  const { server } = await startTestServer({
    store: timed(store, committedAt),
    clock: systemClock,
    authenticators: [
      { name: 'all', authenticate: () => ({ username: 'admin', groups: ['system:masters'] }) },
    ],
  });
  const authority = await makeAuthority();
  const tls = { ...(await authority.sign('CN=kube-apiserver')), clientCa: authority.ca };
  const random = seededRandom(1);
  const options = { handle: server.handle, host: '127.0.0.1', clock: systemClock, log: silentLogger };
  const { port } = await serveHttp({ ...options, tls, port: 0, random });
  process.on('message', () => process.send(committedAt));
  process.send({ port, ca: authority.ca });
}

/** The store; whoever watches it is handed a change as soon as the disk has it. */
function timed(store, committedAt) {
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
            const at = now();
            for (const { revision } of result.value?.changes ?? []) {
              if (!committedAt.has(revision)) committedAt.set(revision, at);
            }
            return result;
          },
          return: () => batches.return(),
        };
      },
    }),
  };
}

if (process.send && process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , asked, ...args] = process.argv;
  await { serve, watch, write }[asked](...args);
}
