// Kills a process that writes, at a random moment, again and again, and each time holds what is left against what
// was acknowledged and against what was there after the kill before.
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Random, seededRandom, silentLogger, systemClock } from '@kubets/base';
import { type Change, prefixRange, type Store } from '../store.ts';
import { openLmdbStore } from './lmdb_store.ts';
import { verifyStore } from './maintenance.ts';
import { buildFixture, startFixture } from './run_fixture.ts';

export interface KillReport {
  rounds: number;
  acknowledged: number;
  /** Writes that were called and not answered when the process was killed. */
  unanswered: number;
  compactions: number;
  problems: string[];
}

/** Rounds on one store, before a new one is begun. */
const roundsPerStore = 25;
const all = prefixRange('/registry/');

interface Called {
  key: string;
  length: number | null;
}

export async function runKillRounds(options: {
  rounds: number;
  seed: number;
  progress?: (report: KillReport) => void;
}): Promise<KillReport> {
  const random = seededRandom(options.seed);
  const report: KillReport = { rounds: 0, acknowledged: 0, unanswered: 0, compactions: 0, problems: [] };
  const program = await buildFixture('kill');
  while (report.rounds < options.rounds && report.problems.length === 0) {
    const path = await mkdtemp(join(tmpdir(), 'kubets-kill-'));
    try {
      const seen = new Map<number, string>();
      for (let i = 0; i < roundsPerStore && report.rounds < options.rounds; i++) {
        const seed = options.seed * 1_000_000 + report.rounds;
        await runRound({ path, program, seed, random, seen, report });
        report.rounds++;
        options.progress?.(report);
        if (report.problems.length > 0) break;
      }
    } finally {
      await rm(path, { recursive: true });
    }
  }
  return report;
}

async function runRound(round: {
  path: string;
  program: string;
  seed: number;
  random: Random;
  seen: Map<number, string>;
  report: KillReport;
}): Promise<void> {
  const { path, program, seed, random, seen, report } = round;
  const called = new Map<string, Called>();
  const acknowledged = new Map<number, string>();
  const lines = `${path}-${seed}`;
  const child = startFixture(program, [path, lines, String(seed)]);
  const exited = once(child, 'exit');
  // From within the opening to long after the first commits.
  if (random.next() < 0.1) await systemClock.sleep(random.next() * 250);
  else {
    while (!existsSync(lines) && child.exitCode === null) await systemClock.sleep(2);
    await systemClock.sleep(random.next() ** 2 * 500);
  }
  child.kill('SIGKILL');
  await exited;
  if (child.exitCode !== null) report.problems.push(`seed ${seed}: the process ended with ${child.exitCode}`);
  // The last line may be cut short.
  for (const line of existsSync(lines) ? readFileSync(lines, 'utf8').split('\n').slice(0, -1) : []) {
    const [what, id, key, , length] = line.split(' ');
    if (what === 'C') called.set(id!, { key: key!, length: length === '-' ? null : Number(length) });
    else if (what === 'A') acknowledged.set(Number(key), id!);
    else report.compactions++;
  }
  rmSync(lines, { force: true });
  report.acknowledged += acknowledged.size;
  report.unanswered += called.size - acknowledged.size;
  const problem = (text: string) => report.problems.push(`seed ${seed}: ${text}`);
  const { problems, contents } = await verifyStore(path).catch((error: Error) => {
    // Killed before there was anything.
    if (error.message.startsWith('no store in') && acknowledged.size === 0)
      return { problems: [], contents: undefined };
    throw error;
  });
  for (const each of problems) problem(each);
  if (!contents) return;
  const store = await openLmdbStore({ path, clock: systemClock, log: silentLogger });
  try {
    await compare(store, contents.compacted, { called, acknowledged, seen, problem });
  } finally {
    await store.close();
  }
}

/** The history that is left: as it was, with all that was acknowledged, and nothing that nobody wrote. */
async function compare(
  store: Store,
  compacted: number,
  known: {
    called: Map<string, Called>;
    acknowledged: Map<number, string>;
    /** What each revision was after the kill before. */
    seen: Map<number, string>;
    problem(text: string): void;
  },
): Promise<void> {
  const { called, acknowledged, seen, problem } = known;
  const newest = await store.revision();
  const before = await store.list(all, { at: compacted });
  const state = new Map(before.entries.map((entry) => [entry.key, entry.modRevision]));
  let last = compacted;
  const stop = new AbortController();
  const changes: Change[] = [];
  if (newest > compacted) {
    for await (const batch of store.watch(all, compacted, stop.signal)) {
      changes.push(...batch.changes);
      if (batch.revision >= newest) break;
    }
  }
  for (const { type, key, value, revision } of changes) {
    if (revision !== last + 1) problem(`revision ${revision} follows ${last}`);
    last = revision;
    const text = new TextDecoder().decode(value);
    const id = /^[^x]*/.exec(text)![0].trim();
    const summary = `${type} ${key} ${id}`;
    const was = seen.get(revision);
    if (was !== undefined && was !== summary) problem(`revision ${revision} was ${was}, is ${summary}`);
    if (was === undefined) {
      const call = type === 'put' ? called.get(id) : undefined;
      if (type === 'put' && (call?.key !== key || call.length !== value.length)) {
        problem(`revision ${revision}, ${summary} of ${value.length} bytes, is not what was written`);
      }
      const acknowledgedAs = acknowledged.get(revision);
      if (acknowledgedAs !== undefined && called.get(acknowledgedAs)!.key !== key) {
        problem(`revision ${revision} was acknowledged for another key than ${key}`);
      }
      if (type === 'put' && acknowledgedAs !== undefined && acknowledgedAs !== id) {
        problem(`revision ${revision} was acknowledged for ${acknowledgedAs}, holds ${id}`);
      }
    }
    seen.set(revision, summary);
    if (type === 'put') state.set(key, revision);
    else state.delete(key);
  }
  for (const revision of acknowledged.keys()) {
    if (revision > newest) problem(`acknowledged revision ${revision} is lost: the newest is ${newest}`);
    else if (revision > compacted && !seen.has(revision))
      problem(`acknowledged revision ${revision} is lost`);
  }
  for (const revision of seen.keys()) {
    if (revision > newest) problem(`revision ${revision} was there and is gone`);
  }
  const now = (await store.list(all)).entries.map(({ key, modRevision }) => `${key}@${modRevision}`);
  const expected = [...state].map(([key, revision]) => `${key}@${revision}`).sort();
  if (now.sort().join() !== expected.join()) problem('the objects are not what the history makes them');
}
