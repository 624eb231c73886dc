// npx vitest bench --project unit packages/network
import { silentLogger } from '@kubets/base';
import { bench, describe } from 'vitest';
import { Namespaces, namespacesUnavailable } from '../../testing/namespaces.ts';
import { service, slice, testNode } from '../../testing/objects.ts';
import { planRules, replanRules } from '../plan_rules.ts';
import { nftBackend } from './nft_backend.ts';
import { nftCommand } from './run_nft.ts';

const count = 10_000;
const address = (i: number) => `10.96.${i >> 8}.${i & 255}`;
const services = Array.from({ length: count }, (_, i) =>
  service(`web-${i}`, {
    clusterIP: address(i + 256),
    type: 'NodePort',
    ports: [{ port: 80, nodePort: 20_000 + i }],
  }),
);
const endpoints = (i: number, last: number) =>
  slice(
    `web-${i}`,
    [1, 2, last].map((n) => `10.244.${n}.${i & 255}@node-${n}`),
  );
const slices = services.map((_, i) => endpoints(i, 3));
const rules = planRules(services, slices, testNode);

describe(`${count} services of 3 endpoints`, () => {
  bench('plan all', () => void planRules(services, slices, testNode), { iterations: 5, time: 0 });

  let flip = 3;
  bench('plan one change', () => {
    const change = { service: services[77]!, slices: [endpoints(77, (flip ^= 1))] };
    replanRules(rules, { services: new Map([['default/web-77', change]]), pods: new Map() });
  });
});

describe.skipIf(namespacesUnavailable('nft'))(`${count} services in the kernel`, () => {
  const namespaces = new Namespaces();
  const node = namespaces.create('node');
  const nft = nftCommand({ prefix: ['ip', 'netns', 'exec', node.name] });
  const backend = nftBackend({ clusterName: 'bench', log: silentLogger, nft });

  bench(
    'load all',
    async () => {
      await nftBackend({ clusterName: 'bench', log: silentLogger, nft }).apply(rules);
    },
    { iterations: 3, time: 0, warmupIterations: 0 },
  );

  let last = 3;
  bench(
    'one change',
    async () => {
      last = last === 3 ? 4 : 3;
      const change = { service: services[77]!, slices: [endpoints(77, last)] };
      await backend.apply(
        replanRules(rules, { services: new Map([['default/web-77', change]]), pods: new Map() }),
      );
    },
    {
      iterations: 20,
      time: 0,
      setup: () => backend.apply(rules),
      // Hooks of tests don't run for benchmarks.
      teardown: (_, mode) => {
        if (mode === 'run') namespaces.remove();
      },
    },
  );
});
