import { expect, test } from 'vitest';
import type { EtcdMember } from './etcd_cluster.ts';
import type { ManagedEtcd } from './etcd_config.ts';
import { placeAmong } from './etcd_keeper.ts';

const member: ManagedEtcd = {
  name: 'b',
  address: '10.0.0.2',
  clientPort: 2379,
  peerPort: 2380,
  initialCluster: '',
  initialState: 'existing',
};
const memberAt = (name: string, number: number, learner = false): EtcdMember => ({
  id: number,
  name,
  peerUrls: [`https://10.0.0.${number}:2380`],
  clientUrls: name === '' ? [] : [`https://10.0.0.${number}:2379`],
  learner,
});
const [a, c] = [memberAt('a', 1), memberAt('c', 3)];
const [urlA, urlB, urlC] = [1, 2, 3].map((number) => `https://10.0.0.${number}:2379`);

test.each([
  ['votes', [a, memberAt('b', 2), c], 'voter', [urlB, urlA, urlC]],
  ['is catching up', [a, memberAt('b', 2, true)], 'learner', [urlB, urlA]],
  ['has not started yet', [a, memberAt('', 2, true)], 'learner', [urlB, urlA]],
  ['was removed', [a, c], 'removed', [urlA, urlC]],
  ['was replaced by another at its address', [a, memberAt('d', 2)], 'removed', [urlA, urlB]],
  ['votes beside one that has not started', [memberAt('b', 2), memberAt('', 3, true)], 'voter', [urlB]],
])('a member that %s', (_, members, place, endpoints) => {
  expect(placeAmong(members, member)).toMatchObject({ place, endpoints });
});
