import { FakeClock, seededRandom } from '@kubets/base';
import { describe, expect, test } from 'vitest';
import type { AdmissionRequest } from '../../access.ts';
import { admissionPlugins } from './index.ts';
import { readerOf, requestOf, runPlugins } from './testing.ts';

const world: Record<string, any> = {
  'namespaces//shop': { metadata: { name: 'shop' }, status: { phase: 'Active' } },
  'namespaces//gone': { metadata: { name: 'gone' }, status: { phase: 'Terminating' } },
  'serviceaccounts/shop/default': { metadata: { name: 'default' }, imagePullSecrets: [{ name: 'reg' }] },
  'priorityclasses//high': { metadata: { name: 'high' }, value: 1000 },
  'runtimeclasses//vm': {
    metadata: { name: 'vm' },
    overhead: { podFixed: { cpu: '100m' } },
    scheduling: { nodeSelector: { vm: 'yes' } },
  },
  'limitranges/shop/l': {
    metadata: { name: 'l' },
    spec: {
      limits: [
        {
          type: 'Container',
          default: { memory: '1Gi' },
          defaultRequest: { cpu: '100m', memory: '1Gi' },
          max: { memory: '2Gi' },
          min: { cpu: '50m' },
        },
      ],
    },
  },
  'storageclasses//slow': {
    metadata: {
      name: 'slow',
      creationTimestamp: '2026-01-01T00:00:00Z',
      annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
    },
  },
  'storageclasses//fast': {
    metadata: {
      name: 'fast',
      creationTimestamp: '2026-02-01T00:00:00Z',
      annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
    },
  },
};
const reader = readerOf(world);
const clock = new FakeClock();
/** Takes the write as the server would. */
const writeQuotaStatus = async (quota: any) => {
  world['resourcequotas/bounded/q'] = quota;
  return true;
};
const plugins = admissionPlugins({
  reader,
  clock,
  random: seededRandom(1),
  authorizers: [],
  writeQuotaStatus,
  plugins: { enable: ['NodeRestriction'] },
});

async function admit(change: Partial<AdmissionRequest>): Promise<any> {
  const request = requestOf(change);
  await runPlugins(plugins, request);
  return request.object;
}
const pod = (spec: object = {}) => ({
  metadata: { name: 'p' },
  spec: { containers: [{ name: 'c', image: 'i' }], ...spec },
});

const mirror = (spec: object) => ({
  ...pod(spec),
  metadata: { name: 'p', annotations: { 'kubernetes.io/config.mirror': 'x' } },
});

describe('admission', () => {
  test('a pod gets its account, token, pull secrets, priority, tolerations and limits', async () => {
    const { spec } = await admit({ object: pod() });
    expect(spec).toMatchObject({
      serviceAccountName: 'default',
      imagePullSecrets: [{ name: 'reg' }],
      priority: 0,
      preemptionPolicy: 'PreemptLowerPriority',
    });
    expect(spec.volumes[0].projected.sources.map((source: object) => Object.keys(source)[0])).toEqual([
      'serviceAccountToken',
      'configMap',
      'downwardAPI',
    ]);
    expect(spec.containers[0].volumeMounts).toEqual([
      {
        name: spec.volumes[0].name,
        readOnly: true,
        mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
      },
    ]);
    expect(spec.containers[0].resources).toEqual({
      limits: { memory: '1Gi' },
      requests: { cpu: '100m', memory: '1Gi' },
    });
    expect(spec.tolerations.map((item: any) => item.key)).toEqual([
      'node.kubernetes.io/not-ready',
      'node.kubernetes.io/unreachable',
    ]);
  });

  test('what the user chose stays', async () => {
    const { spec } = await admit({
      object: pod({
        automountServiceAccountToken: false,
        priorityClassName: 'high',
        runtimeClassName: 'vm',
        tolerations: [{ operator: 'Exists' }],
      }),
    });
    expect(spec.volumes).toBeUndefined();
    expect(spec).toMatchObject({
      priority: 1000,
      overhead: { cpu: '100m' },
      nodeSelector: { vm: 'yes' },
      tolerations: [{ operator: 'Exists' }],
    });
  });

  test.each<[string, Partial<AdmissionRequest>, string]>([
    [
      'an absent namespace',
      { namespace: 'none', resource: 'configmaps', object: { metadata: {} } },
      'namespaces "none" not found',
    ],
    [
      'a terminating namespace',
      { namespace: 'gone', resource: 'configmaps', object: { metadata: {} } },
      'configmaps "p" is forbidden: unable to create new content in namespace gone because it is being terminated',
    ],
    [
      'the system namespace',
      { operation: 'DELETE', resource: 'namespaces', namespace: '', name: 'kube-system' },
      'namespaces "kube-system" is forbidden: this namespace may not be deleted',
    ],
    [
      'an unknown priority class',
      { object: pod({ priorityClassName: 'no' }) },
      'pods "p" is forbidden: no PriorityClass with name no was found',
    ],
    [
      'a chosen priority number',
      { object: pod({ priority: 7 }) },
      'pods "p" is forbidden: the integer value of priority (7) must not be provided in pod spec; priority admission controller computed 0 from the given PriorityClass name',
    ],
    [
      'an empty preemption policy',
      { object: pod({ preemptionPolicy: '' }) },
      'pods "p" is forbidden: the string value of PreemptionPolicy () must not be provided in pod spec; priority admission controller computed PreemptLowerPriority from the given PriorityClass name',
    ],
    [
      'an account that no path can name',
      { object: pod({ serviceAccountName: 'a/b%' }) },
      `pods "p" is forbidden: error looking up service account shop/a/b%: invalid resource name "a/b%": [may not contain '/' may not contain '%']`,
    ],
    [
      'a runtime class without a name',
      { object: pod({ runtimeClassName: '' }) },
      'resource name may not be empty',
    ],
    [
      'a runtime class that no path can name',
      { object: pod({ runtimeClassName: 'a/b' }) },
      'invalid resource name "a/b": [may not contain \'/\']',
    ],
    [
      'an overhead without a runtime class, even an empty one',
      { object: pod({ overhead: {} }) },
      'pods "p" is forbidden: pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead',
    ],
    [
      'an overhead that is not that of the runtime class',
      { object: pod({ runtimeClassName: 'vm', overhead: { cpu: '1' } }) },
      "pods \"p\" is forbidden: pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead",
    ],
    [
      'another node than those of the runtime class',
      { object: pod({ runtimeClassName: 'vm', nodeSelector: { vm: 'no' } }) },
      'pods "p" is forbidden: conflict: runtimeClass.scheduling.nodeSelector[vm] = yes; pod.spec.nodeSelector[vm] = no',
    ],
    [
      'a mirror pod with an account',
      { object: mirror({ serviceAccountName: 'default' }) },
      'pods "p" is forbidden: a mirror pod may not reference service accounts',
    ],
    [
      'a mirror pod with a secret',
      { object: mirror({ volumes: [{ name: 'v', secret: { secretName: 's' } }] }) },
      'pods "p" is forbidden: a mirror pod may not reference secrets',
    ],
    [
      'devices of others where the namespace is not marked',
      {
        group: 'resource.k8s.io',
        resource: 'resourceclaims',
        kind: 'ResourceClaim',
        object: {
          metadata: { name: 'p' },
          spec: { devices: { requests: [{ name: 'a', exactly: { adminAccess: true } }] } },
        },
      },
      'ResourceClaim.resource.k8s.io "p" is invalid: spec.devices.requests[0].adminAccess: Forbidden: admin access to devices requires the `resource.kubernetes.io/admin-access: true` label on the containing namespace',
    ],
    [
      'more than the limit range allows',
      { object: pod({ containers: [{ name: 'c', image: 'i', resources: { limits: { memory: '4Gi' } } }] }) },
      'pods "p" is forbidden: maximum memory usage per Container is 2Gi, but limit is 4Gi',
    ],
    [
      'a kubelet that makes a pod',
      { user: { username: 'system:node:n1', groups: ['system:nodes'] }, object: pod() },
      'pods "p" is forbidden: pod does not have "kubernetes.io/config.mirror" annotation, node "n1" can only create mirror pods',
    ],
  ])('refuses %s', async (_what, change, message) => {
    const refusal = await admit(change).then(
      () => undefined,
      (error) => error.message,
    );
    expect(refusal).toBe(message);
  });

  test('waits for the account of a new namespace, then refuses', async () => {
    world['namespaces//fresh'] = { metadata: { name: 'fresh' }, status: { phase: 'Active' } };
    const refused = admit({ namespace: 'fresh', object: pod() }).catch((error) => error.message);
    await clock.advance(5000);
    expect(await refused).toBe(
      'pods "p" is forbidden: error looking up service account fresh/default: serviceaccount "default" not found',
    );
    const waiting = admit({ namespace: 'fresh', object: pod() });
    await clock.advance(60);
    world['serviceaccounts/fresh/default'] = { metadata: { name: 'default' } };
    await clock.advance(60);
    expect((await waiting).spec.serviceAccountName).toBe('default');
  });

  test('an update that leaves out the priority keeps it', async () => {
    const old = pod({ priority: 7, preemptionPolicy: 'Never' });
    const { spec } = await admit({ operation: 'UPDATE', object: pod(), old });
    expect(spec).toMatchObject({ priority: 7, preemptionPolicy: 'Never' });
  });

  test('classes of volume attributes are protected', async () => {
    const vac = { group: 'storage.k8s.io', resource: 'volumeattributesclasses', namespace: '' };
    expect((await admit({ ...vac, object: { metadata: { name: 'c' } } })).metadata.finalizers).toEqual([
      'kubernetes.io/vac-protection',
    ]);
  });

  test('the newest default storage class serves claims that name none; claims are protected', async () => {
    const claim = (spec: object) => ({
      resource: 'persistentvolumeclaims',
      object: { metadata: { name: 'c' }, spec },
    });
    expect(await admit(claim({}))).toMatchObject({
      spec: { storageClassName: 'fast' },
      metadata: { finalizers: ['kubernetes.io/pvc-protection'] },
    });
    expect((await admit(claim({ storageClassName: '' }))).spec.storageClassName).toBe('');
  });

  test('a quota is raised by what is asked, refuses what is too much, and wants to know what it counts', async () => {
    const hard = { pods: '2', 'requests.cpu': '1', 'count/configmaps': '1' };
    const used = { pods: '1', 'requests.cpu': '500m', 'count/configmaps': '0' };
    world['namespaces//bounded'] = { metadata: { name: 'bounded' }, status: { phase: 'Active' } };
    world['serviceaccounts/bounded/default'] = { metadata: { name: 'default' } };
    world['resourcequotas/bounded/q'] = {
      metadata: { name: 'q', namespace: 'bounded' },
      spec: { hard },
      status: { hard, used },
    };
    const asking = (cpu?: string) => ({
      namespace: 'bounded',
      object: pod({
        containers: [{ name: 'c', image: 'i', ...(cpu && { resources: { requests: { cpu } } }) }],
      }),
    });
    const refusal = (change: object) =>
      admit(change).then(
        () => undefined,
        (error) => error.message,
      );
    expect(await refusal(asking('600m'))).toBe(
      'pods "p" is forbidden: exceeded quota: q, requested: requests.cpu=600m, used: requests.cpu=500m, limited: requests.cpu=1',
    );
    expect(await refusal(asking())).toBe(
      'pods "p" is forbidden: failed quota: q: must specify requests.cpu for: c',
    );
    expect(await refusal({ ...asking('500m'), dryRun: true })).toBeUndefined();
    expect(await refusal(asking('500m'))).toBeUndefined();
    expect(world['resourcequotas/bounded/q'].status.used).toEqual({
      pods: '2',
      'requests.cpu': '1',
      'count/configmaps': '0',
    });
    expect(await refusal(asking('0'))).toContain('requested: pods=1, used: pods=2, limited: pods=2');
    delete world['resourcequotas/bounded/q'];
  });

  test('a quota by scope takes in what comes into its scope, and counts the devices of claims', async () => {
    const used = { pods: '0' };
    world['namespaces//bounded'] = { metadata: { name: 'bounded' }, status: { phase: 'Active' } };
    const scoped = (scopeName: string, hard: object) => ({
      metadata: { name: 'q', namespace: 'bounded' },
      spec: { hard, scopeSelector: { matchExpressions: [{ scopeName, operator: 'Exists' }] } },
      status: { hard, used: { ...used } },
    });
    world['resourcequotas/bounded/q'] = scoped('Terminating', { pods: '1' });
    const running = pod({ containers: [{ name: 'c', image: 'i' }] });
    const ending = pod({ containers: [{ name: 'c', image: 'i' }], activeDeadlineSeconds: 60 });
    const change = { namespace: 'bounded', operation: 'UPDATE' as const };
    await admit({ ...change, object: structuredClone(running), old: running });
    expect(world['resourcequotas/bounded/q'].status.used).toEqual({ pods: '0' });
    await admit({ ...change, object: structuredClone(ending), old: running });
    expect(world['resourcequotas/bounded/q'].status.used).toEqual({ pods: '1' });
    await expect(admit({ ...change, object: structuredClone(ending), old: running })).rejects.toThrow(
      'exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1',
    );
    await admit({ ...change, object: structuredClone(ending), old: ending });

    const devices = 'gold.deviceclass.resource.k8s.io/devices';
    const hard = { [devices]: '40', 'count/resourceclaims.resource.k8s.io': '9', resourcequotas: '1' };
    world['resourcequotas/bounded/q'] = {
      metadata: { name: 'q', namespace: 'bounded' },
      spec: { hard },
      status: {
        hard,
        used: { [devices]: '0', 'count/resourceclaims.resource.k8s.io': '0', resourcequotas: '1' },
      },
    };
    const exactly = (count: number) => ({
      deviceClassName: 'gold',
      allocationMode: 'ExactCount',
      count,
    });
    const requests = [
      { name: 'a', exactly: exactly(2) },
      { name: 'b', firstAvailable: [exactly(1), exactly(3), { ...exactly(0), allocationMode: 'All' }] },
    ];
    await admit({
      namespace: 'bounded',
      group: 'resource.k8s.io',
      version: 'v1',
      resource: 'resourceclaims',
      kind: 'ResourceClaim',
      object: { metadata: {}, spec: { devices: { requests } } },
    });
    expect(world['resourcequotas/bounded/q'].status.used).toEqual({
      [devices]: '34',
      'count/resourceclaims.resource.k8s.io': '1',
      resourcequotas: '1',
    });
    await expect(
      admit({ namespace: 'bounded', resource: 'resourcequotas', kind: 'ResourceQuota', object: {} }),
    ).rejects.toThrow('requested: resourcequotas=1, used: resourcequotas=1, limited: resourcequotas=1');
    delete world['resourcequotas/bounded/q'];
  });

  test('a new node takes no pods yet', async () => {
    const node = await admit({
      resource: 'nodes',
      namespace: '',
      name: 'n1',
      object: { metadata: { name: 'n1' }, spec: {} },
    });
    expect(node.spec.taints).toEqual([{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }]);
  });
});
