import { FakeClock, seededRandom } from '@kubets/base';
import { describe, expect, test } from 'vitest';
import type { AdmissionRequest, Authorizer } from '../../access.ts';
import { type AdmissionOptions, admissionPlugins } from './index.ts';
import { admitWith, readerOf } from './testing.ts';

const world = {
  'namespaces//shop': { metadata: { name: 'shop' }, status: { phase: 'Active' } },
  'namespaces//kube-node-lease': { metadata: { name: 'kube-node-lease' }, status: { phase: 'Active' } },
  'serviceaccounts/shop/default': { metadata: { name: 'default' } },
  'priorityclasses//usual': { metadata: { name: 'usual' }, value: 5, globalDefault: true },
  'storageclasses//grows': { metadata: { name: 'grows' }, allowVolumeExpansion: true },
  'storageclasses//stays': { metadata: { name: 'stays' } },
  'nodes//n1': {
    metadata: { name: 'n1', uid: 'u1', labels: { 'topology.kubernetes.io/zone': 'z', other: 'x' } },
    status: { declaredFeatures: ['InPlacePodVerticalScalingInitContainers'] },
  },
};

/** Ann may use the signers of example.com. */
const annOfExample: Authorizer = {
  name: 'test',
  authorize: ({ user, resource, name }) => ({
    decision:
      user.username === 'ann' && resource === 'signers' && name === 'example.com/*' ? 'allow' : 'none',
    reason: '',
  }),
};

function pluginsOf(plugins: AdmissionOptions['plugins']) {
  return admissionPlugins({
    reader: readerOf(world),
    clock: new FakeClock(),
    random: seededRandom(1),
    authorizers: [annOfExample],
    writeQuotaStatus: async () => true,
    plugins,
  });
}
const plugins = pluginsOf({ enable: ['NodeRestriction'] });
const admit = (change: Partial<AdmissionRequest>) => admitWith(plugins, change);
const pod = (spec: object = {}, metadata: object = {}) => ({
  metadata: { name: 'p', ...metadata },
  spec: { containers: [{ name: 'c', image: 'i' }], ...spec },
});

describe('the choice of plugins', () => {
  const names = (choice: AdmissionOptions['plugins']) => pluginsOf(choice).map(({ name }) => name);
  test('follows the flags', () => {
    expect(names({})).not.toContain('NodeRestriction');
    expect(names({ enable: ['NodeRestriction', 'AlwaysPullImages'] })).toEqual(
      expect.arrayContaining(['NodeRestriction', 'AlwaysPullImages', 'PodSecurity']),
    );
    expect(names({ disable: ['PodSecurity'] })).not.toContain('PodSecurity');
  });
  test('refuses what nobody knows, and what is both', () => {
    expect(() => names({ enable: ['Nope'] })).toThrow('enable-admission-plugins plugin "Nope" is unknown');
    expect(() => names({ enable: ['Priority'], disable: ['Priority'] })).toThrow(
      '[Priority] in enable-admission-plugins and disable-admission-plugins overlapped',
    );
    expect(() => names({ enable: ['ImagePolicyWebhook'] })).toThrow(
      'no such plugin here: ImagePolicyWebhook',
    );
  });
});

describe('signers', () => {
  const csr = (signerName: string, status: object = {}) => ({
    metadata: { name: 'r' },
    spec: { signerName, request: '' },
    status,
  });
  const change = (subresource: string, signerName: string, status: object) =>
    admit({
      operation: 'UPDATE',
      group: 'certificates.k8s.io',
      resource: 'certificatesigningrequests',
      namespace: '',
      name: 'r',
      subresource,
      object: csr(signerName, status),
      old: csr(signerName),
    });
  test('are used by those who may, by name or by domain', async () => {
    expect((await change('approval', 'example.com/x', {})).message).toBeUndefined();
    expect((await change('approval', 'other.com/x', {})).message).toBe(
      'certificatesigningrequests.certificates.k8s.io "r" is forbidden: user not permitted to approve requests with signerName "other.com/x"',
    );
    expect((await change('status', 'example.com/x', { certificate: 'eA==' })).message).toBeUndefined();
    expect((await change('status', 'other.com/x', { certificate: 'eA==' })).message).toContain(
      'user not permitted to sign requests with signerName "other.com/x"',
    );
    expect((await change('status', 'other.com/x', {})).message).toBeUndefined();
  });
  test('make nobody an administrator', async () => {
    const masters = await admit({
      group: 'certificates.k8s.io',
      resource: 'certificatesigningrequests',
      namespace: '',
      name: 'r',
      object: {
        ...csr('kubernetes.io/kube-apiserver-client'),
        spec: { signerName: 'kubernetes.io/kube-apiserver-client', request: requestFor('system:masters') },
      },
    });
    expect(masters.message).toBe(
      'certificatesigningrequests.certificates.k8s.io "r" is forbidden: use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed',
    );
  });
});

/** A PKCS #10 request, as far as its subject, for one organization. */
function requestFor(organization: string): string {
  const der = (tag: number, ...content: (number | number[])[]): number[] => {
    const bytes = content.flat();
    return [tag, bytes.length, ...bytes];
  };
  const value = der(0x0c, [...new TextEncoder().encode(organization)]);
  const subject = der(0x30, der(0x31, der(0x30, der(0x06, 0x55, 0x04, 0x0a), value)));
  const whole = der(0x30, der(0x30, der(0x02, 0), subject));
  const body = btoa(String.fromCharCode(...whole));
  return btoa(`-----BEGIN CERTIFICATE REQUEST-----\n${body}\n-----END CERTIFICATE REQUEST-----\n`);
}

describe('claims grow', () => {
  const claim = (storage: string, storageClassName: string, phase = 'Bound') => ({
    metadata: { name: 'p' },
    spec: { storageClassName, resources: { requests: { storage } } },
    status: { phase },
  });
  test.each<[string, object, object, string | undefined]>([
    ['where their class lets them', claim('1Gi', 'grows'), claim('2Gi', 'grows'), undefined],
    [
      'not unbound',
      claim('1Gi', 'grows', 'Pending'),
      claim('2Gi', 'grows'),
      'Only bound persistent volume claims can be expanded',
    ],
    [
      'not in other classes',
      claim('1Gi', 'stays'),
      claim('2Gi', 'stays'),
      'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
    ],
    [
      'not in no class',
      claim('1Gi', ''),
      claim('2Gi', ''),
      'only dynamically provisioned pvc can be resized',
    ],
  ])('%s', async (_what, old, object, why) => {
    const { message } = await admit({ operation: 'UPDATE', resource: 'persistentvolumeclaims', object, old });
    if (why) expect(message).toContain(`persistentvolumeclaims "p" is forbidden: ${why}`);
    else expect(message).toBeUndefined();
  });
});

test('there is one default priority class', async () => {
  const change = (operation: 'CREATE' | 'UPDATE', name: string, globalDefault: boolean) =>
    admit({
      operation,
      group: 'scheduling.k8s.io',
      resource: 'priorityclasses',
      namespace: '',
      name,
      object: { metadata: { name }, value: 1, globalDefault },
      old: {},
    });
  expect((await change('CREATE', 'new', true)).message).toBe(
    'priorityclasses.scheduling.k8s.io "new" is forbidden: PriorityClass usual is already marked as default. Only one default can exist',
  );
  expect((await change('CREATE', 'new', false)).message).toBeUndefined();
  expect((await change('UPDATE', 'usual', true)).message).toBeUndefined();
});

test('pods on a node, and bindings to it, get its zone', async () => {
  const zone = { 'topology.kubernetes.io/zone': 'z' };
  expect(
    (await admit({ object: pod({ nodeName: 'n1' }, { labels: { a: 'b' } }) })).object.metadata.labels,
  ).toEqual({
    a: 'b',
    ...zone,
  });
  expect((await admit({ object: pod() })).object.metadata.labels).toBeUndefined();
  const binding = { metadata: { name: 'p' }, target: { kind: 'Node', name: 'n1' } };
  expect((await admit({ subresource: 'binding', object: binding })).object.metadata.labels).toEqual(zone);
});

test('a pod takes no change that its node does not declare', async () => {
  const change = (old: object, next: object) =>
    admit({
      operation: 'UPDATE',
      subresource: 'resize',
      old: pod({ nodeName: 'n1', ...old }, { generation: 1 }),
      object: pod({ nodeName: 'n1', ...next }, { generation: 2 }),
    });
  const init = (cpu: string) => ({ initContainers: [{ name: 'i', resources: { requests: { cpu } } }] });
  expect(
    (await change({ resources: { limits: { cpu: '1' } } }, { resources: { limits: { cpu: '2' } } })).message,
  ).toBe(
    'pods "p" is forbidden: pod update requires features InPlacePodLevelResourcesVerticalScaling which are not available on node "n1"',
  );
  // The node has no room; that it knows the feature is settled by then.
  expect((await change(init('1'), init('2'))).message).not.toContain('requires features');
});

test('names that are not yet generated stand for themselves in refusals', async () => {
  const refused = async (metadata: object) =>
    (await admit({ name: '', object: { ...pod({ priorityClassName: 'no' }), metadata } })).message;
  expect(await refused({ generateName: 'web-' })).toBe(
    'pods "web-" is forbidden: no PriorityClass with name no was found',
  );
  expect(await refused({})).toContain('pods "Unknown" is forbidden');
});

describe('a kubelet', () => {
  const kubelet = { username: 'system:node:n1', groups: ['system:nodes'] };
  const annotations = { 'kubernetes.io/config.mirror': 'x' };
  const ownerReferences = [{ apiVersion: 'v1', kind: 'Node', name: 'n1', uid: 'u1', controller: true }];
  const mirror = (spec: object = {}, metadata: object = {}) =>
    pod({ nodeName: 'n1', ...spec }, { annotations, ownerReferences, ...metadata });
  const node = (metadata: object, spec: object = {}) => ({
    resource: 'nodes',
    namespace: '',
    name: 'n1',
    object: { metadata: { name: 'n1', ...metadata }, spec },
  });
  test.each<[string, Partial<AdmissionRequest>, string | undefined]>([
    ['makes mirror pods', { object: mirror() }, undefined],
    [
      'of its own',
      { object: mirror({}, { ownerReferences: [] }) },
      'node "n1" can only create pods with an owner reference set to itself',
    ],
    [
      'on itself',
      { object: mirror({ nodeName: 'n2' }) },
      'node "n1" can only create pods with spec.nodeName set to itself',
    ],
    [
      'that need no API',
      { object: mirror({ volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'c' } }] }) },
      'node "n1" can not create pods that reference persistentvolumeclaims',
    ],
    [
      'changes no spec',
      { operation: 'UPDATE', object: mirror(), old: mirror() },
      'unexpected operation "UPDATE", node "n1" can only create and delete mirror pods',
    ],
    [
      'removes none of others',
      { operation: 'DELETE', old: pod({ nodeName: 'n2' }) },
      'node "n1" can only delete pods with spec.nodeName set to itself',
    ],
    [
      'labels no pods',
      {
        operation: 'UPDATE',
        subresource: 'status',
        object: mirror({}, { labels: { a: 'b' } }),
        old: mirror(),
      },
      'node "n1" cannot update labels through pod status',
    ],
    [
      'labels its node',
      node({ labels: { 'kubernetes.io/hostname': 'x', 'node.kubernetes.io/a': 'b', mine: 'c' } }),
      undefined,
    ],
    [
      'but for where pods may go',
      node({ labels: { 'node-role.kubernetes.io/master': '' } }),
      'node "n1" is not allowed to set the following labels: node-role.kubernetes.io/master',
    ],
    [
      'changes no taints',
      {
        operation: 'UPDATE',
        ...node({}, { taints: [{ key: 'a', effect: 'NoSchedule' }] }),
        old: node({}).object,
      },
      'node "n1" is not allowed to modify taints',
    ],
    ['changes no other node', { ...node({}), name: 'n2' }, 'node "n1" is not allowed to modify node "n2"'],
    [
      'has one lease',
      {
        group: 'coordination.k8s.io',
        resource: 'leases',
        namespace: 'kube-node-lease',
        object: { metadata: { name: 'n2' } },
      },
      'can only access node lease with the same name as the requesting node',
    ],
    [
      'asks for tokens of pods',
      { resource: 'serviceaccounts', subresource: 'token', object: { spec: {} } },
      'node requested token not bound to a pod',
    ],
    [
      'asks for its own certificate',
      {
        group: 'certificates.k8s.io',
        resource: 'certificatesigningrequests',
        namespace: '',
        object: {
          metadata: {},
          spec: { signerName: 'kubernetes.io/kubelet-serving', request: requestFor('system:nodes') },
        },
      },
      'can only create a node CSR with CN=system:node:n1',
    ],
  ])('%s', async (_what, change, why) => {
    const { message } = await admit({ user: kubelet, ...change });
    if (why === undefined) expect(message).toBeUndefined();
    else expect(message).toContain(`is forbidden: ${why}`);
  });
});

describe('plugins that are off by default', () => {
  const off = pluginsOf({
    enable: [
      'AlwaysPullImages',
      'DenyServiceExternalIPs',
      'LimitPodHardAntiAffinityTopology',
      'ExtendedResourceToleration',
    ],
  });
  test('pull images always, and tolerate the taints of devices', async () => {
    const resources = { requests: { 'example.com/gpu': '1' } };
    const { object } = await admitWith(off, { object: pod({ containers: [{ name: 'c', resources }] }) });
    expect(object.spec.containers[0].imagePullPolicy).toBe('Always');
    expect(object.spec.tolerations).toContainEqual({
      key: 'example.com/gpu',
      operator: 'Exists',
      effect: 'NoSchedule',
    });
  });
  test('refuse external addresses and wide anti-affinity', async () => {
    const service = { metadata: { name: 'p' }, spec: { externalIPs: ['192.0.2.1'] } };
    expect((await admitWith(off, { resource: 'services', object: service })).message).toBe(
      'services "p" is forbidden: Use of external IPs is denied by admission control',
    );
    const podAntiAffinity = { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'zone' }] };
    expect((await admitWith(off, { object: pod({ affinity: { podAntiAffinity } }) })).message).toBe(
      'pods "p" is forbidden: affinity.PodAntiAffinity.RequiredDuringScheduling has TopologyKey zone but only key kubernetes.io/hostname is allowed',
    );
  });
});
