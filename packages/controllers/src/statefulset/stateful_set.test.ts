import type { ControllerRevision, PersistentVolumeClaim, Pod, StatefulSet } from '@kubets/api';
import { refs } from '@kubets/client';
import { afterEach, describe, expect, test } from 'vitest';
import { podTemplate, startCluster, type TestCluster } from '../testing/test_cluster.ts';
import { planClaimOwners } from './claim_owners.ts';
import { statefulSetController } from './index.ts';
import { planStatefulPods } from './plan_stateful_pods.ts';

describe('pods', () => {
  const set = (spec: object) =>
    ({ metadata: { name: 'db' }, spec: { replicas: 3, ...spec } }) as unknown as StatefulSet;
  const pod = (ordinal: number, state: 'ready' | 'broken' | 'going' | 'failed' = 'ready', revision = 'new') =>
    ({
      metadata: {
        name: `db-${ordinal}`,
        labels: { 'controller-revision-hash': revision },
        ...(state === 'going' && { deletionTimestamp: 't' }),
      },
      status: {
        phase: state === 'failed' ? 'Failed' : 'Running',
        conditions: [{ type: 'Ready', status: state === 'broken' ? 'False' : 'True' }],
      },
    }) as unknown as Pod;
  const parallel = { podManagementPolicy: 'Parallel' };
  const partition = (n: number) => ({
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: n } },
  });

  test.each<[string, object, Pod[], string[]]>([
    ['the first one', {}, [], ['create 0']],
    ['the next when the one before is ready', {}, [pod(0)], ['create 1']],
    ['nothing while one is not', {}, [pod(0, 'broken')], []],
    ['all at once', parallel, [pod(0, 'broken')], ['create 1', 'create 2']],
    ['the gap first', {}, [pod(0), pod(2)], ['create 1']],
    ['a failed one again', {}, [pod(0), pod(1, 'failed')], ['delete 1']],
    ['down from the top', { replicas: 1 }, [pod(0), pod(1), pod(2)], ['delete 2']],
    ['down one after the other', { replicas: 1 }, [pod(0), pod(1), pod(2, 'going')], []],
    ['down all at once', { ...parallel, replicas: 1 }, [pod(0), pod(1), pod(2)], ['delete 2', 'delete 1']],
    ['other ordinals', { replicas: 1, ordinals: { start: 5 } }, [pod(5), pod(0)], ['delete 0']],
    [
      'update from the top',
      {},
      [pod(0, 'ready', 'old'), pod(1, 'ready', 'old'), pod(2, 'ready', 'old')],
      ['delete 2'],
    ],
    ['update goes on', {}, [pod(0, 'ready', 'old'), pod(1, 'ready', 'old'), pod(2)], ['delete 1']],
    [
      'update above the partition only',
      partition(2),
      [pod(0, 'ready', 'old'), pod(1, 'ready', 'old'), pod(2)],
      [],
    ],
    ['a pod below the partition comes back as it was', partition(2), [pod(0)], ['create 1 current']],
    ['no update', { updateStrategy: { type: 'OnDelete' } }, [pod(0), pod(1), pod(2, 'ready', 'old')], []],
    [
      'several at once',
      { updateStrategy: { rollingUpdate: { maxUnavailable: 2 } } },
      [pod(0, 'ready', 'old'), pod(1, 'ready', 'old'), pod(2, 'ready', 'old')],
      ['delete 2', 'delete 1'],
    ],
  ])('%s', (_, spec, pods, expected) => {
    const steps = planStatefulPods({ set: set(spec), pods, updateRevision: 'new', now: 0 });
    const text = steps.flatMap((step) => {
      if (step.do === 'create')
        return `create ${step.ordinal}${step.revision === 'current' ? ' current' : ''}`;
      return step.do === 'delete' ? `delete ${step.pod.metadata.name.slice(3)}` : [];
    });
    expect(text).toEqual(expected);
  });
});

describe('owners of claims', () => {
  const set = (whenDeleted: string, whenScaled: string) =>
    ({
      metadata: { name: 'db', uid: 's' },
      spec: { replicas: 1, persistentVolumeClaimRetentionPolicy: { whenDeleted, whenScaled } },
    }) as unknown as StatefulSet;
  const pod = (ordinal: number) => ({ metadata: { name: `db-${ordinal}`, uid: `p${ordinal}` } }) as Pod;
  const claim = (...ownerReferences: object[]) =>
    ({ metadata: { ownerReferences } }) as unknown as PersistentVolumeClaim;
  const byPod = { apiVersion: 'v1', kind: 'Pod', name: 'db-1', uid: 'p1', controller: true };
  const bySet = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db', uid: 's', controller: true };
  test.each([
    ['kept', 'Retain', 'Retain', 0, claim(), undefined],
    ['kept after all', 'Retain', 'Retain', 0, claim(bySet), []],
    ['goes with the set', 'Delete', 'Retain', 0, claim(), ['s']],
    ['of a pod scaled away', 'Retain', 'Delete', 1, claim(), ['p1']],
    ['of a pod that stays', 'Retain', 'Delete', 0, claim(), undefined],
    ['from the set to the pod', 'Delete', 'Delete', 1, claim(bySet), ['p1']],
    ['done', 'Delete', 'Delete', 1, claim(byPod), undefined],
    ['of an earlier pod', 'Retain', 'Delete', 1, claim({ ...byPod, uid: 'earlier' }), undefined],
  ] as const)('%s', (_, whenDeleted, whenScaled, ordinal, of, expected) => {
    const plan = planClaimOwners(of, set(whenDeleted, whenScaled), pod(ordinal));
    expect(plan?.owners.map(({ uid }) => uid)).toEqual(expected);
  });
});

let cluster: TestCluster | undefined;
afterEach(async () => {
  await cluster?.stop();
  cluster = undefined;
});

test('pods in order with claims of their own; a rolling update; a way back', async () => {
  cluster = await startCluster([statefulSetController]);
  const { client } = cluster;
  const set = async () => (await cluster!.get<StatefulSet>(refs.statefulSets, 'db'))!;
  const pods = async () => (await client.list(refs.pods, { namespace: 'default' })).items;
  await client.create(refs.statefulSets, {
    metadata: { name: 'db', namespace: 'default' },
    spec: {
      replicas: 2,
      serviceName: 'db',
      selector: { matchLabels: { app: 'db' } },
      template: podTemplate({ app: 'db' }),
      volumeClaimTemplates: [
        {
          metadata: { name: 'data' },
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
        } as unknown as PersistentVolumeClaim,
      ],
    },
  });
  await cluster.settle();
  expect((await pods()).map(({ metadata }) => metadata.name)).toEqual(['db-0']);
  await cluster.runPods();
  await cluster.runPods();
  expect((await pods()).map(({ metadata }) => metadata.name)).toEqual(['db-0', 'db-1']);
  const [first] = await pods();
  const { status } = await set();
  expect(status).toMatchObject({
    replicas: 2,
    readyReplicas: 2,
    currentReplicas: 2,
    updatedReplicas: 2,
    availableReplicas: 2,
  });
  expect(first).toMatchObject({
    metadata: {
      labels: {
        app: 'db',
        'statefulset.kubernetes.io/pod-name': 'db-0',
        'apps.kubernetes.io/pod-index': '0',
        'controller-revision-hash': status!.currentRevision,
      },
    },
    spec: {
      hostname: 'db-0',
      subdomain: 'db',
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data-db-0' } }],
    },
  });
  expect(await cluster.names(refs.persistentVolumeClaims)).toEqual(['data-db-0', 'data-db-1']);

  const update = async (image: string) => {
    const now = await set();
    const template = { ...now.spec.template, spec: { containers: [{ name: 'web', image }] } };
    await client.update(refs.statefulSets, { ...now, spec: { ...now.spec, template } });
    await cluster!.settle();
    for (let step = 0; step < 8; step++) await cluster!.runPods();
  };
  await update('web:2');
  expect((await pods()).map(({ spec }) => spec.containers[0]!.image)).toEqual(['web:2', 'web:2']);
  const after = (await set()).status!;
  expect(after.currentRevision).toBe(after.updateRevision);
  expect(after.currentRevision).not.toBe(status!.currentRevision);
  await update('web:1');
  const revisions = (await client.list(refs.controllerRevisions, { namespace: 'default' })).items;
  expect(revisions.map(({ revision }: ControllerRevision) => revision).sort()).toEqual([2, 3]);
  expect((await set()).status!.currentRevision).toBe(status!.currentRevision);
  expect(await cluster.events()).toContain(
    'Normal SuccessfulCreate create Pod db-0 in StatefulSet db successful'.replace(
      'create Pod',
      'Create Pod',
    ),
  );

  await client.patch(refs.statefulSets, 'db', 'default', 'merge', { spec: { replicas: 0 } });
  for (let step = 0; step < 4; step++) await cluster.settle();
  expect(await pods()).toEqual([]);
  expect(await cluster.names(refs.persistentVolumeClaims)).toHaveLength(2);
});
