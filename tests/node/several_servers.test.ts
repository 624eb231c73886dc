// Three servers, each with its member of etcd, in network namespaces of their own: one is killed, one is cut off, one
// is replaced, while clients go on writing.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  canRunMachines,
  configMaps,
  deploymentOf,
  deployments,
  type Machine,
  type Machines,
  podsOf,
  startMachines,
} from './several_servers_machines.ts';

const deployment = `${deployments}/web`;

/** Writes through `machine` until told to stop. What the server has acknowledged is kept. */
function writer(machine: Machine) {
  const acknowledged: string[] = [];
  let stopped = false;
  const done = (async () => {
    for (let count = 0; !stopped; count++) {
      const name = `w${machine.number}-${count}`;
      const { status } = await machine
        .ask('POST', configMaps, { metadata: { name }, data: { machine: machine.address } }, 3_000)
        .catch(() => ({ status: 0 }));
      if (status === 201) acknowledged.push(name);
      else await new Promise((resolve) => setTimeout(resolve, 100));
    }
  })();
  return {
    acknowledged,
    async stop() {
      stopped = true;
      await done;
    },
  };
}

describe.skipIf(!canRunMachines)('several servers', () => {
  let machines: Machines;
  let eventually: Machines['eventually'];
  let insist: Machines['insist'];
  beforeAll(async () => {
    machines = await startMachines();
    ({ eventually, insist } = machines);
  });
  afterAll(() => machines?.remove());

  test('a wrong token and a foreign authority are refused', () => {
    const [first, second] = machines.all;
    const good = second.kubets('token').trim();
    const refusal = (token: string) => {
      const flags = ['--name', 'other', '--join', `https://${first.address}:6443`, '--token', token];
      const env = { KUBETS_STATE_DIR: join(machines.folder, 'other') };
      try {
        second.run(['server', ...flags], env, 30_000);
        return '';
      } catch (error) {
        return (error as { stderr: string }).stderr;
      }
    };
    expect(refusal(good.replace(/.{4}$/, '0000'))).toContain('does not know the token');
    expect(refusal(good.replace(/^K10.{4}/, 'K100000'))).toContain('belongs to another cluster');
    expect(refusal('nonsense')).toContain('the token must be');
  });

  test('nothing acknowledged is lost and nothing is done twice while servers are killed and cut off', async () => {
    const [first, second, third] = machines.all;
    const writers = machines.all.map(writer);
    await first.ask('POST', deployments, deploymentOf('web', 6));
    await eventually('six pods', async () => (await podsOf(second)).length === 6);

    // The one that decides is killed with its etcd: another decides from then on.
    first.kill();
    await insist(second, 'PATCH', deployment, { spec: { replicas: 9 } });
    await eventually('nine pods', async () => (await podsOf(third)).length === 9);
    first.start();
    await eventually('the first server again', () => first.ready());

    // Cut off: it must not answer with what it last knew.
    third.cut();
    await insist(first, 'PATCH', deployment, { spec: { replicas: 10 } });
    await eventually('ten pods', async () => (await podsOf(first)).length === 10);
    third.mend();
    // What it last knew would be nine. It may ask for patience until it has heard of the others.
    const seen = await eventually('an answer of the third server', () =>
      podsOf(third).catch(() => undefined),
    );
    expect(seen).toHaveLength(10);
    await eventually('the third server again', () => third.ready());

    // Packets are lost on the way to each of them: everything is late, nothing may be wrong.
    for (const machine of machines.all) machine.lose(8);
    await insist(second, 'PATCH', deployment, { spec: { replicas: 11 } });
    await eventually('eleven pods', async () => (await podsOf(first)).length === 11);
    for (const machine of machines.all) machine.loseNothing();

    for (const each of writers) await each.stop();
    const acknowledged = writers.flatMap((each) => each.acknowledged);
    expect(acknowledged.length).toBeGreaterThan(100);
    for (const machine of machines.all) {
      const { body } = await machine.ask('GET', configMaps);
      const names = new Set(body.items.map((item: any) => item.metadata.name));
      expect(acknowledged.filter((name) => !names.has(name))).toEqual([]);
    }
    // Two controllers at work would have made more pods than were ever wanted.
    const sets = (await first.ask('GET', '/apis/apps/v1/namespaces/default/replicasets')).body.items;
    expect(sets).toHaveLength(1);
    const { body: history } = await first.ask('GET', '/kubets/v1/history?resource=pods&limit=1000');
    const created = history.items.filter((item: any) => item.type === 'created');
    expect(created).toHaveLength(11);
  });

  test('a lost machine is replaced by a new one', async () => {
    const [first, second, third] = machines.all;
    const lost = third.kubets('status', '-o', 'json');
    expect(JSON.parse(lost).store.type).toBe('etcd');
    third.kill();
    rmSync(third.state, { recursive: true, force: true });
    const token = first.kubets('token').trim();
    third.start('--join', `https://${second.address}:6443`, '--token', token);
    await eventually('the new server', () => third.ready());
    await eventually('its vote', async () => {
      const members = first.kubets('etcd', 'ls').trim().split('\n').slice(1);
      return members.length === 3 && members.every((line) => line.includes('voter'));
    });
    expect(await podsOf(third)).toHaveLength(11);
  });
});
