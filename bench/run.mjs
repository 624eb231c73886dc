// Measures an API server from outside, the same way whichever it is: `npm run bench` starts a cluster of ours with
// simulated nodes; each `--peer` adds another server to the same run, and the table ends with the ratio to it.
//
//   node bench/run.mjs [--quick] [--peer NAME,KUBECONFIG,PID[+PID...]]...
//
// Rates are per CPU-second of the server's processes (Linux: /proc/PID/stat), so that machines of any speed compare.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { connectTo } from './api_connection.mjs';
import { workloads } from './workloads.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { values: flags } = parseArgs({
  options: { quick: { type: 'boolean' }, peer: { type: 'string', multiple: true } },
});

const folder = mkdtempSync(join(tmpdir(), 'kubets-bench-'));
const env = { ...process.env, KUBETS_STATE_DIR: join(folder, 's'), KUBECONFIG: join(folder, 'kubeconfig') };
const kubets = (...args) => {
  const result = spawnSync(process.execPath, [join(root, 'bin/kubets.mjs'), ...args], {
    env,
    encoding: 'utf8',
  });
  if (result.status !== 0) throw new Error(`kubets ${args[0]} failed:\n${result.stderr}`);
  return result.stdout;
};

try {
  kubets('up', '--name', 'bench', '--fake-nodes', '1');
  const ours = {
    name: 'kubets',
    kubeconfig: env.KUBECONFIG,
    pids: [JSON.parse(kubets('status', '--name', 'bench', '-o', 'json')).server.pid],
  };
  ours.startMs = await restart(ours.pids[0]);
  ours.pids = [JSON.parse(kubets('status', '--name', 'bench', '-o', 'json')).server.pid];
  const peers = (flags.peer ?? []).map((text) => {
    const [name, kubeconfig, pids] = text.split(',');
    return { name, kubeconfig, pids: pids.split('+').map(Number) };
  });
  const columns = [];
  for (const server of [ours, ...peers]) columns.push({ server, rows: await measure(server) });
  print(columns);
} finally {
  kubets('down', '--name', 'bench');
  rmSync(folder, { recursive: true, force: true });
}

/** Kills the server and starts it again on the same store. Returns milliseconds from the start to `/readyz`. */
async function restart(pid) {
  process.kill(pid, 'SIGKILL');
  await new Promise((resolve) => setTimeout(resolve, 200));
  const started = performance.now();
  const up = spawn(process.execPath, [join(root, 'bin/kubets.mjs'), 'up', '--name', 'bench'], {
    env,
    stdio: 'ignore',
  });
  const ended = new Promise((resolve) => up.once('exit', resolve));
  for (;;) {
    const ready = await connectTo(env.KUBECONFIG)
      .then(async (api) => {
        const { status } = await api.request('GET', '/readyz');
        api.close();
        return status === 200;
      })
      .catch(() => false);
    if (ready) break;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const took = performance.now() - started;
  await ended;
  return took;
}

async function measure(server) {
  const rows = [];
  if (server.startMs !== undefined)
    rows.push({ what: 'start to ready', value: server.startMs, unit: 'ms', less: true });
  rows.push({ what: 'memory, empty', value: memoryMiB(server.pids), unit: 'MiB', less: true });
  const api = await connectTo(server.kubeconfig);
  for (const workload of workloads({ quick: flags.quick })) {
    await workload.prepare?.(api);
    const cpu = cpuSeconds(server.pids);
    const wall = performance.now();
    const count = await workload.run(api);
    const cpuUsed = cpuSeconds(server.pids) - cpu;
    const wallUsed = (performance.now() - wall) / 1000;
    rows.push({
      what: workload.name,
      value: count / Math.max(cpuUsed, 0.01),
      unit: '/CPU-s',
      wall: count / wallUsed,
    });
  }
  rows.push({ what: 'memory, afterwards', value: memoryMiB(server.pids), unit: 'MiB', less: true });
  await api.request('DELETE', '/api/v1/namespaces/bench');
  api.close();
  return rows;
}

function cpuSeconds(pids) {
  return pids.reduce((sum, pid) => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return sum + (Number(fields[11]) + Number(fields[12])) / 100;
  }, 0);
}

function memoryMiB(pids) {
  return pids.reduce((sum, pid) => {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return sum + Number(/^VmRSS:\s*(\d+)/m.exec(status)[1]) / 1024;
  }, 0);
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
