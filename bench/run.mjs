// Measures an API server from outside, the same way whichever it is: `npm run bench` starts a cluster of ours with
// simulated nodes; each `--peer` adds another server to the same run, and the table ends with the ratio to it.
//
//   node bench/run.mjs [--quick] [--peer NAME,KUBECONFIG,PID[+PID...]]... [--peer-start COMMAND]...
//
// --quick       leaves out the 10,000 pods of the last figure and takes a tenth of the rest.
// --peer        a server that runs already: its start isn't measured.
// --peer-start  COMMAND, run by the shell, starts a server and its store in the background and prints the line that
//               --peer takes. It is run several times, the server killed in between, and does best to print the line
//               as soon as the processes are there and to keep the store's files for the next time, in the folder
//               $BENCH_FOLDER, which is gone after the run. A start counts from the first of these processes to the
//               first OK of /readyz, as for ours.
//
// A peer has to be fresh: what it holds already counts in its memory, and names are made once.
// Rates are per CPU-second of the server's processes (Linux: /proc/PID/stat), so that machines of any speed compare.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildIfStale } from '../tools/build/build.mjs';
import { connectTo } from './api_connection.mjs';
import { bundle } from './bundle.mjs';
import { cpuSeconds, memoryMiB } from './processes.mjs';
import { measureStarts, stop } from './starts.mjs';
import { workloads } from './workloads.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean' },
    peer: { type: 'string', multiple: true },
    'peer-start': { type: 'string', multiple: true },
  },
});

/** The program to measure: that of this tree, or another. */
if (!process.env.KUBETS_PROGRAM) await buildIfStale();
const program = process.env.KUBETS_PROGRAM ?? join(root, 'dist/kubets.mjs');
const { nodeFlags } = await bundle('node_flags', [
  ['@kubets/distro/processes/garbage_collection.ts', 'nodeFlags'],
]);
const folder = mkdtempSync(join(tmpdir(), 'kubets-bench-'));
const env = { ...process.env, KUBETS_STATE_DIR: join(folder, 's'), KUBECONFIG: join(folder, 'kubeconfig') };
const kubets = (...args) => {
  const result = spawnSync(process.execPath, [program, ...args], {
    env,
    encoding: 'utf8',
  });
  if (result.status !== 0) throw new Error(`kubets ${args[0]} failed:\n${result.stderr}`);
  return result.stdout;
};

let server;
let peerPids = [];
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => {
    cleanUp();
    process.exit(1);
  });
try {
  // `up` makes certificates and a kubeconfig; what is measured is the API server alone, as kube-apiserver is.
  kubets('up', '--name', 'bench', '--fake-nodes', '1');
  const { address, server: deciding } = JSON.parse(kubets('status', '--name', 'bench', '-o', 'json'));
  await stop([deciding.pid]);
  const columns = [];
  const measureOne = async (each) => columns.push({ server: each, rows: await measure(each) });
  await measureOne({ name: 'kubets', ...(await measureStarts(() => startServer(address))) });
  for (const line of flags.peer ?? []) await measureOne(peerOf(line));
  for (const [index, command] of (flags['peer-start'] ?? []).entries()) {
    const own = join(folder, `peer-${index}`);
    mkdirSync(own);
    await measureOne(await measureStarts(() => startPeer(command, own)));
    await stop(peerPids);
  }
  print(columns);
} finally {
  cleanUp();
}

function cleanUp() {
  server?.kill('SIGKILL');
  void stop(peerPids);
  kubets('down', '--name', 'bench');
  rmSync(folder, { recursive: true, force: true });
}

/** `kubets apiserver` on the certificates of the cluster and a store of its own. */
function startServer(address) {
  const pki = (name) => join(env.KUBETS_STATE_DIR, 'bench', 'pki', name);
  const args = {
    'secure-port': new URL(address).port,
    'bind-address': '127.0.0.1',
    'store-path': join(folder, 'store'),
    'client-ca-file': pki('ca.crt'),
    'tls-cert-file': pki('server.crt'),
    'tls-private-key-file': pki('server.key'),
    'service-account-key-file': pki('service-account.pub'),
    'service-account-signing-key-file': pki('service-account.key'),
  };
  server = spawn(
    process.execPath,
    [
      ...nodeFlags(),
      program,
      'apiserver',
      ...Object.entries(args).map(([flag, value]) => `--${flag}=${value}`),
    ],
    { env, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  return { kubeconfig: env.KUBECONFIG, pids: [server.pid] };
}

function peerOf(line) {
  const [name, kubeconfig, pids] = line.split(',');
  return { name, kubeconfig, pids: pids.split('+').map(Number) };
}

/** Waits for the line and not for the command: what it starts may hold its output open. */
async function startPeer(command, folder) {
  const child = spawn(command, {
    shell: true,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, BENCH_FOLDER: folder },
  });
  for await (const line of createInterface({ input: child.stdout })) {
    if (!/^[^,]+,[^,]+,\d+(\+\d+)*$/.test(line)) continue;
    const peer = peerOf(line);
    peerPids = peer.pids;
    return peer;
  }
  throw new Error(`no line NAME,KUBECONFIG,PID[+PID...] from ${command}`);
}

async function measure(server) {
  const rows = [];
  // Told as they come: a run takes minutes.
  const note = (row) => {
    rows.push(row);
    console.error(`${server.name}: ${row.what}: ${format(row.value)} ${row.unit}`);
  };
  if (server.startMs !== undefined) {
    note({ what: 'start to ready, empty store', value: server.firstStartMs, unit: 'ms', less: true });
    note({ what: 'start to ready', value: server.startMs, unit: 'ms', less: true });
    note({ what: 'start to ready, of the CPU', value: server.startCpuMs, unit: 'CPU-ms', less: true });
  }
  note({ what: 'memory, empty', value: memoryMiB(server.pids), unit: 'MiB', less: true });
  const api = await connectTo(server.kubeconfig);
  for (const workload of workloads({ quick: flags.quick })) {
    await workload.prepare?.(api);
    const cpu = cpuSeconds(server.pids);
    const wall = performance.now();
    const count = await workload.run(api);
    const cpuUsed = cpuSeconds(server.pids) - cpu;
    const wallUsed = (performance.now() - wall) / 1000;
    note({
      what: workload.name,
      value: count / Math.max(cpuUsed, 0.01),
      unit: '/CPU-s',
      wall: count / wallUsed,
    });
  }
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  note({ what: 'memory, afterwards', value: memoryMiB(server.pids), unit: 'MiB', less: true });
  await api.request('DELETE', '/api/v1/namespaces/bench');
  api.close();
  return rows;
}

function print(columns) {
  const [ours, ...peers] = columns;
  const cell = (text) => String(text).padStart(16);
  const head = [
    '',
    ...columns.map(({ server }) => server.name),
    ...peers.map(({ server }) => `to ${server.name}`),
  ];
  console.log(head.map((text, index) => (index === 0 ? text.padEnd(34) : cell(text))).join(''));
  for (const row of ours.rows) {
    const values = columns.map(({ rows }) => rows.find(({ what }) => what === row.what));
    const ratios = values.slice(1).map((peer) => {
      if (!peer) return '';
      const ratio = row.less ? peer.value / row.value : row.value / peer.value;
      return `x ${ratio.toFixed(1)}`;
    });
    const shown = values.map((value) => (value ? `${format(value.value)} ${value.unit}` : '-'));
    const wall = row.wall === undefined ? '' : `  (ours: ${format(row.wall)}/s)`;
    console.log(`${row.what.padEnd(34)}${[...shown, ...ratios].map(cell).join('')}${wall}`);
  }
}

function format(value) {
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toFixed(1);
}
