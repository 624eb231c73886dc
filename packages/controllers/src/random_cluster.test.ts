import { seededRandom } from '@kubets/base';
import { expect, test } from 'vitest';
import { controllers } from './index.ts';
import { act, findProblems, runKubelets } from './testing/random_cluster.ts';
import { recordingLogger, startCluster } from './testing/test_cluster.ts';

const wild = { podFails: 0.03, jobPodEnds: 0.5, jobPodFails: 0.2, podGoes: 0.7 };
const calm = { podFails: 0, jobPodEnds: 1, jobPodFails: 0, podGoes: 1 };

/** Other seeds and more steps: `SEEDS=1,2,3 STEPS=120 npx vitest run --project unit packages/controllers/src/random`. */
const seeds = (process.env.SEEDS ?? '1,2').split(',').map(Number);
const steps = Number(process.env.STEPS ?? 40);

test.each(seeds)(
  'whatever happened, and however many answers were lost, all comes right in the end (seed %i)',
  async (seed) => {
    const random = seededRandom(seed);
    const lines: string[] = [];
    let lossy = true;
    const cluster = await startCluster(controllers, {
      log: recordingLogger(lines),
      faults(request) {
        if (!lossy || request.method === 'GET') return undefined;
        const chance = random.next();
        return chance < 0.02 ? 'lostRequest' : chance < 0.04 ? 'lostAnswer' : undefined;
      },
    });
    for (const name of ['node-1', 'node-2', 'node-3']) await cluster.createNode(name);
    await cluster.advance(1_000);
    for (let step = 0; step < steps; step++) {
      await act(cluster, random);
      if (random.next() < 0.7) await runKubelets(cluster, random, wild);
      if (random.next() < 0.5) await cluster.settle();
      if (random.next() < 0.5) await cluster.advance(5_000);
    }
    lossy = false;
    // Longer than the longest wait, that for own writes that never show up.
    for (let round = 0; round < 80; round++) {
      await runKubelets(cluster, random, calm);
      await cluster.advance(5_000);
    }
    expect(await findProblems(cluster)).toEqual([]);
    // Lost answers may be told of, nothing else.
    expect(lines.filter((line) => !/connection re|event dropped/.test(line))).toEqual([]);
    await cluster.stop();
  },
  120_000,
);
