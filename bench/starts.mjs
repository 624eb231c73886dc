// How long a server takes from the start of its first process to the first OK of /readyz, whichever server it is.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectTo } from './api_connection.mjs';
import { cpuSeconds, isAlive, statOf } from './processes.mjs';

const restarts = 4;
const timeoutMs = 60_000;

/**
 * Starts a server with nothing in its store, then again and again with what is there, and leaves it running.
 * `start`: resolves to `{ kubeconfig, pids }` of processes that have just begun.
 * Of the restarts, the best counts: other work on the machine only ever makes one slower.
 */
export async function measureStarts(start) {
  const first = await startAndWait(start);
  let last = first;
  const again = [];
  for (let i = 0; i < restarts; i++) {
    await stop(last.pids);
    last = await startAndWait(start);
    again.push(last);
  }
  return {
    ...last,
    firstStartMs: first.ms,
    startMs: Math.min(...again.map(({ ms }) => ms)),
    startCpuMs: Math.min(...again.map(({ cpuMs }) => cpuMs)),
  };
}

export async function stop(pids) {
  for (const pid of pids.filter(isAlive)) process.kill(pid, 'SIGKILL');
  while (pids.some(isAlive)) await sleep(10);
}

async function startAndWait(start) {
  const server = await start();
  const began = Math.min(...server.pids.map(startedAtMs));
  await ready(server.kubeconfig);
  return { ...server, ms: nowMs() - began, cpuMs: cpuSeconds(server.pids) * 1000 };
}

async function ready(kubeconfig) {
  const end = nowMs() + timeoutMs;
  while (nowMs() < end) {
    const answers = await connectTo(kubeconfig)
      .then(async (api) => {
        const { status } = await api.request('GET', '/readyz');
        api.close();
        return status === 200;
      })
      .catch(() => false);
    if (answers) return;
    await sleep(10);
  }
  throw new Error(`not ready after ${timeoutMs / 1000} s: ${readFileSync(kubeconfig, 'utf8')}`);
}

/** By the clock of the kernel, which counts from the start of the machine in hundredths of a second. */
const startedAtMs = (pid) => Number(statOf(pid)[19]) * 10;

const nowMs = () => Number(process.hrtime.bigint() / 1_000_000n);
