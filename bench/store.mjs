// The embedded store and the cache above it: node bench/store.mjs [--quick]
//   durable writes   commits of 2 KB by 64 callers, each acknowledged once it is on the disk
//   open             a store of 300,000 objects
//   memory           of the API server's cache, per object of 2 KB
//   watch            from the commit on the server's disk, and from the request of its writer, to the event at an HTTP
//                    client, at 1,000 writes a second, and the same through a bare relay (./watch_delay.mjs)
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bundle } from './bundle.mjs';
import { measureWatchDelay } from './watch_delay.mjs';

const { values: flags } = parseArgs({
  options: { quick: { type: 'boolean' }, path: { type: 'string' }, filled: { type: 'string' } },
});
const scale = flags.quick ? 0.1 : 1;

const { openLmdbStore, WatchCache, resources, systemClock, silentLogger } = await bundle('store', [
  ['@kubets/storage/lmdb/index.ts', 'openLmdbStore'],
  ['@kubets/apiserver/cache/watch_cache.ts', 'WatchCache'],
  ['@kubets/resources', 'resources'],
  ['@kubets/base', 'systemClock, silentLogger'],
]);
if (flags.filled) {
  await load(flags.filled);
  process.exit();
}
const folder = mkdtempSync(join(flags.path ?? tmpdir(), 'kubets-store-bench-'));
const open = () => openLmdbStore({ path: join(folder, 'store'), clock: systemClock, log: silentLogger });
let created = 0;
const template = makeTemplate();

console.log(
  `load of the machine before: ${loadavg()
    .map((each) => each.toFixed(1))
    .join(' ')}`,
);
try {
  // First, on the store of a small cluster: later the process is as large as its 300,000 objects.
  await watch();
  let store = await open();
  await writes(store);
  await store.close();
  rmSync(join(folder, 'store'), { recursive: true });
  created = 0;
  store = await open();
  await fill(store);
  await store.close();
  // In a new process, as a server starts: this one has memory left over from its writes.
  const program = [...process.execArgv, fileURLToPath(import.meta.url), '--filled', join(folder, 'store')];
  execFileSync(process.execPath, program, { stdio: 'inherit' });
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function writes(store) {
  const seconds = flags.quick ? 2 : 10;
  for (const callers of [64, 256, 1]) {
    const cpu = process.cpuUsage();
    const began = performance.now();
    let count = 0;
    const caller = async () => {
      while (performance.now() - began < seconds * 1000) {
        await create(store);
        count++;
      }
    };
    await Promise.all(Array.from({ length: callers }, caller));
    const took = (performance.now() - began) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    row(`durable writes, ${callers} callers`, count / took, '/s', callers === 64 ? '25,000' : '');
    row('  per CPU-second', (count / (user + system)) * 1e6, '/CPU-s');
  }
}

async function fill(store) {
  const wanted = 300_000 * scale;
  while (created < wanted) await Promise.all(Array.from({ length: 1_000 }, () => create(store)));
}

async function load(path) {
  const start = process.cpuUsage();
  const began = performance.now();
  const store = await openLmdbStore({ path, clock: systemClock, log: silentLogger });
  const opened = performance.now();
  const cpu = process.cpuUsage(start);
  const before = resident();
  const cache = new WatchCache({ store, clock: systemClock, log: silentLogger, resources });
  const stop = new AbortController();
  const running = cache.run(stop.signal);
  const loading = performance.now();
  await cache.ready();
  const loaded = performance.now();
  const { size } = cache.historyOf(resources.find(({ id }) => id.kind === 'ConfigMap'));
  row(`open, ${size} objects`, (opened - began) / 1000, 's', '< 3');
  row('  of the CPU', (cpu.user + cpu.system) / 1e6, 'CPU-s');
  row('cache loaded in', (loaded - loading) / 1000, 's');
  row('memory per cached object', (resident() - before) / size / 1024, 'KB', '<= 3.5');
  stop.abort();
  await running;
  await store.close();
}

async function watch() {
  const count = flags.quick ? 3_000 : 20_000;
  const { api, relay } = await measureWatchDelay({ folder, count, perSecond: 1_000 });
  const at = (list, part) => list[Math.floor((list.length - 1) * part)];
  row('writes a second, as driven', api.rate, '/s');
  const pair = (what, part, from, target) => {
    row(what, at(api[from], part), 'ms', target);
    row('  through a bare relay', at(relay[from], part), 'ms');
  };
  pair('commit on the disk to event, p50', 0.5, 'commit');
  pair('commit on the disk to event, p99', 0.99, 'commit', '<= 5');
  pair('request of the writer to event, p50', 0.5, 'call');
  pair('request of the writer to event, p99', 0.99, 'call');
}

function nextName() {
  // Names come in no order, as those with random suffixes do.
  // All as long as each other: what is added has five digits.
  return `web-${(((created++ * 7_919) % 1_000_003) + 36 ** 4).toString(36)}`;
}

/** As the API server writes it. The value is copied and not encoded each time: it is the store that is measured. */
function create(store, name = nextName()) {
  const value = template.bytes.slice();
  for (let i = 0; i < name.length; i++) value[template.nameAt + i] = name.charCodeAt(i);
  return store.commit({ key: `/registry/configmaps/default/${name}`, expect: 'absent', value });
}

function makeTemplate() {
  const metadata = {
    name: '#'.repeat('web-10000'.length),
    namespace: 'default',
    uid: '00000000-0000-4000-8000-000000000000',
    creationTimestamp: '2026-01-01T00:00:00Z',
  };
  const object = { kind: 'ConfigMap', apiVersion: 'v1', metadata, data: { value: 'x'.repeat(1_850) } };
  const text = JSON.stringify(object);
  return { bytes: new TextEncoder().encode(text), nameAt: text.indexOf('#') };
}

function resident() {
  globalThis.gc?.();
  return Number(/^RssAnon:\s*(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]) * 1024;
}

function row(what, value, unit, target = '') {
  const text = value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toFixed(2);
  console.log(`${what.padEnd(44)}${text.padStart(10)} ${unit.padEnd(8)}${target && `target ${target}`}`);
}
