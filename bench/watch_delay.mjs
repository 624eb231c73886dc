// How long after a commit is on the server's disk its event is at a client: an API server on the embedded store in a
// process of its own, writes and a watch over HTTP/2 and TLS from this one. Linux has one monotonic clock for both.
import { fork } from 'node:child_process';
import { connect } from 'node:http2';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const path = '/api/v1/namespaces/default/configmaps';
const now = () => Number(process.hrtime.bigint()) / 1e6;

/** Delays in ms, sorted: `commit` from the disk, `call` from the request of the writer, to the event at the client. */
export async function measureWatchDelay({ folder, count, perSecond, name }) {
  const server = fork(fileURLToPath(import.meta.url), [folder], { execArgv: [], serialization: 'advanced' });
  const next = () => new Promise((resolve) => server.once('message', resolve));
  try {
    const { port, ca } = await next();
    const [watching, writing] = [1, 2].map(() => connect(`https://127.0.0.1:${port}`, { ca }));
    const seenAt = new Map();
    const opened = watch(watching, (revision) => seenAt.set(revision, now()));
    await opened;
    const drive = async (writes) => {
      const calledAt = new Map();
      const began = now();
      const answers = [];
      for (let i = 0; i < writes; i++) {
        const due = began + (i * 1_000) / perSecond;
        if (now() < due) await sleep(due - now());
        const called = now();
        answers.push(create(writing, name()).then((revision) => calledAt.set(revision, called)));
      }
      await Promise.all(answers);
      return { calledAt, rate: (writes * 1_000) / (now() - began) };
    };
    // A server that has just been started is still being compiled.
    await drive(3_000);
    const { calledAt, rate } = await drive(count);
    await sleep(300);
    server.send('times');
    const committedAt = await next();
    for (const session of [watching, writing]) session.destroy();
    const delays = (from) =>
      [...calledAt.keys()].map((revision) => seenAt.get(revision) - from.get(revision));
    return { rate, commit: sorted(delays(committedAt)), call: sorted(delays(calledAt)) };
  } finally {
    server.kill();
  }
}

function sorted(delays) {
  if (delays.some(Number.isNaN)) throw new Error('events are missing');
  return delays.sort((a, b) => a - b);
}

function create(session, name) {
  const stream = session.request({ ':method': 'POST', ':path': path, 'content-type': 'application/json' });
  stream.end(JSON.stringify({ metadata: { name }, data: { value: 'x'.repeat(1_750) } }));
  return textOf(stream).then((text) => revisionIn(text));
}

function watch(session, onEvent) {
  const stream = session.request({ ':path': `${path}?watch=true&resourceVersion=0` });
  stream.setEncoding('utf8');
  let rest = '';
  stream.on('data', (part) => {
    const lines = (rest + part).split('\n');
    rest = lines.pop();
    for (const line of lines) onEvent(revisionIn(line));
  });
  return new Promise((resolve) => stream.once('response', resolve));
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

if (process.send && process.argv[1] === fileURLToPath(import.meta.url)) await serve(process.argv[2]);
