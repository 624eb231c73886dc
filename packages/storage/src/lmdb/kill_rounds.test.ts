// In full: KUBETS_KILL_ROUNDS=1000 nice -n 19 npx vitest run --project unit packages/storage/src/lmdb/kill_rounds.test.ts
import { expect, test } from 'vitest';
import { runKillRounds } from './kill_rounds.ts';

const rounds = Number(process.env.KUBETS_KILL_ROUNDS ?? 10);
const seed = Number(process.env.KUBETS_KILL_SEED ?? 1);

test(
  `${rounds} times killed at a random moment: nothing acknowledged lost, nothing half written, history as it was`,
  async () => {
    const report = await runKillRounds({
      rounds,
      seed,
      progress(now) {
        if (now.rounds % 100 === 0) process.stdout.write(`${JSON.stringify(now)}\n`);
      },
    });
    if (rounds > 10) process.stdout.write(`${JSON.stringify(report)}\n`);
    expect(report.problems).toEqual([]);
    expect(report.rounds).toBe(rounds);
    expect(report.acknowledged).toBeGreaterThan(rounds * 10);
  },
  60_000 + rounds * 5_000,
);
