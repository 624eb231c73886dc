import { FakeClock } from '@kubets/base';
import { describe, expect, test } from 'vitest';
import { admitWith, readerOf } from '../testing.ts';
import { describeFindings, evaluatePod } from './checks.ts';
import { podSecurity } from './index.ts';
import { type Level, policyOfLabels } from './policy.ts';

const prefix = 'pod-security.kubernetes.io/';
const good = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  runAsNonRoot: true,
  seccompProfile: { type: 'RuntimeDefault' },
};
const container = (securityContext: object = {}, more: object = {}) => ({
  name: 'c',
  image: 'i',
  securityContext: { ...good, ...securityContext },
  ...more,
});
const findings = (
  level: Level,
  version: number | 'latest',
  spec: object,
  annotations?: Record<string, string>,
): string =>
  describeFindings(
    evaluatePod(
      { level, version },
      { metadata: { annotations }, spec: { containers: [container()], ...spec } as never },
    ),
  );
const one = (securityContext: object) => ({ containers: [container(securityContext)] });

describe('baseline objects to', () => {
  test.each<[string, object, string]>([
    ['nothing of a good pod', {}, ''],
    [
      'namespaces of the host',
      { hostNetwork: true, hostIPC: true },
      'host namespaces (hostNetwork=true, hostIPC=true)',
    ],
    [
      'privilege',
      { containers: [container({ privileged: true }), { name: 'd', securityContext: { privileged: true } }] },
      'privileged (containers "c", "d" must not set securityContext.privileged=true)',
    ],
    [
      'capabilities',
      one({ capabilities: { add: ['SYS_TIME', 'CHOWN', 'BPF'] } }),
      'non-default capabilities (container "c" must not include "BPF", "SYS_TIME" in securityContext.capabilities.add)',
    ],
    [
      'ports of the host',
      {
        containers: [
          { name: 'c', ports: [{ hostPort: 90 }, { hostPort: 8080 }] },
          { name: 'd', ports: [{ hostPort: 90 }] },
        ],
      },
      'hostPort (containers "c", "d" use hostPorts 8080, 90)',
    ],
    [
      'probes of other hosts',
      { containers: [container({}, { livenessProbe: { httpGet: { port: 80, host: 'other' } } })] },
      'probe or lifecycle host (container "c" uses probe or lifecycle host "other")',
    ],
    [
      'an unmasked proc',
      one({ procMount: 'Unmasked' }),
      'procMount (container "c" must not set securityContext.procMount to "Unmasked")',
    ],
    [
      'SELinux options',
      {
        securityContext: { seLinuxOptions: { user: 'u' } },
        ...one({ seLinuxOptions: { type: 'x', role: 'r' } }),
      },
      'seLinuxOptions (pod and container "c" set forbidden securityContext.seLinuxOptions: type "x"; user may not be set; role may not be set)',
    ],
    [
      'seccomp off',
      { securityContext: { seccompProfile: { type: 'Unconfined' } } },
      'seccompProfile (pod must not set securityContext.seccompProfile.type to "Unconfined")',
    ],
    [
      'AppArmor off',
      one({ appArmorProfile: { type: 'Unconfined' } }),
      'forbidden AppArmor profile (container "c" must not set AppArmor profile type to "Unconfined")',
    ],
    [
      'sysctls',
      { securityContext: { sysctls: [{ name: 'kernel.msgmax' }, { name: 'net.ipv4.tcp_rmem' }] } },
      'forbidden sysctls (kernel.msgmax)',
    ],
    [
      'host processes of Windows',
      { securityContext: { windowsOptions: { hostProcess: true } } },
      'hostProcess (pod must not set securityContext.windowsOptions.hostProcess=true)',
    ],
    [
      'paths of the host',
      { volumes: [{ name: 'v', hostPath: { path: '/' } }] },
      'hostPath volumes (volume "v")',
    ],
  ])('%s', (_what, spec, expected) => {
    expect(findings('baseline', 'latest', spec)).toBe(expected);
  });
});

describe('restricted objects to', () => {
  test.each<[string, object, string]>([
    ['nothing of a good pod', {}, ''],
    [
      'a pod that says nothing',
      { containers: [{ name: 'c' }] },
      'allowPrivilegeEscalation != false (container "c" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "c" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "c" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "c" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
    ],
    [
      'root',
      { securityContext: { runAsUser: 0 }, ...one({ runAsNonRoot: false }) },
      'runAsNonRoot != true (container "c" must not set securityContext.runAsNonRoot=false), runAsUser=0 (pod must not set runAsUser=0)',
    ],
    [
      'volumes',
      {
        volumes: [
          { name: 'v', hostPath: {} },
          { name: 'w', nfs: {} },
          { name: 'x', emptyDir: {} },
        ],
      },
      'restricted volume types (volumes "v", "w" use restricted volume types "hostPath", "nfs")',
    ],
    [
      'capabilities that were added',
      one({ capabilities: { add: ['NET_BIND_SERVICE', 'CHOWN'] } }),
      'unrestricted capabilities (container "c" must set securityContext.capabilities.drop=["ALL"]; container "c" must not include "CHOWN" in securityContext.capabilities.add)',
    ],
    [
      'nothing that a Windows pod cannot set',
      { os: { name: 'windows' }, containers: [{ name: 'c', securityContext: { runAsNonRoot: true } }] },
      '',
    ],
    ['no root in a user namespace', { hostUsers: false, ...one({ runAsNonRoot: false, runAsUser: 0 }) }, ''],
  ])('%s', (_what, spec, expected) => {
    expect(findings('restricted', 'latest', spec)).toBe(expected);
  });
});

test('a version knows what was known then', () => {
  const spec = { containers: [{ name: 'c' }] };
  const reasons = (version: number | 'latest', level: Level = 'restricted', more: object = {}) =>
    evaluatePod({ level, version }, { metadata: {}, spec: { ...spec, ...more } as never }).map(
      ({ reason }) => reason,
    );
  expect(reasons(7)).toEqual(['runAsNonRoot != true']);
  expect(reasons(8)).toEqual(['allowPrivilegeEscalation != false', 'runAsNonRoot != true']);
  expect(reasons(19)).toContain('seccompProfile');
  expect(reasons(21)).not.toContain('unrestricted capabilities');
  expect(reasons(22)).toContain('unrestricted capabilities');
  const sysctl = { securityContext: { sysctls: [{ name: 'net.ipv4.tcp_keepalive_time' }] } };
  expect([28, 29, 99].map((version) => reasons(version, 'baseline', sysctl).length)).toEqual([1, 0, 0]);
  const annotated = { 'seccomp.security.alpha.kubernetes.io/pod': 'unconfined' };
  expect(findings('baseline', 18, {}, annotated)).toBe(
    'seccompProfile (forbidden annotation seccomp.security.alpha.kubernetes.io/pod="unconfined")',
  );
  expect(findings('baseline', 19, {}, annotated)).toBe('');
});

test('labels that cannot be read enforce the strictest and warn of nothing', () => {
  const { policy, errors } = policyOfLabels({
    [`${prefix}enforce`]: 'x',
    [`${prefix}warn`]: 'y',
    [`${prefix}audit-version`]: 'v2.0',
  });
  expect(policy.enforce.level).toBe('restricted');
  expect(policy.warn.level).toBe('privileged');
  expect(errors.map(({ field, message }) => `${field}: ${message}`)).toEqual([
    `metadata.labels[${prefix}enforce]: Invalid value: "x": must be one of privileged, baseline, restricted`,
    `metadata.labels[${prefix}audit-version]: Invalid value: "v2.0": must be "latest" or "v1.x"`,
    `metadata.labels[${prefix}warn]: Invalid value: "y": must be one of privileged, baseline, restricted`,
  ]);
});

describe('the plugin', () => {
  const namespace = (name: string, labels: Record<string, string>) => ({
    metadata: {
      name,
      labels: Object.fromEntries(Object.entries(labels).map(([key, value]) => [prefix + key, value])),
    },
  });
  const plugins = [
    podSecurity(
      readerOf({
        'namespaces//shop': namespace('shop', { enforce: 'baseline', 'enforce-version': 'v1.30' }),
        'namespaces//open': namespace('open', {}),
        'pods/open/b': { metadata: { name: 'b' }, spec: { containers: [], hostPID: true } },
        'pods/open/a': { metadata: { name: 'a' }, spec: { containers: [], hostPID: true } },
        'pods/open/c': {
          metadata: { name: 'c' },
          spec: { containers: [], hostIPC: true, volumes: [{ name: 'v', hostPath: {} }] },
        },
      }),
      new FakeClock(),
    ),
  ];
  const bad = { metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'i' }], hostPID: true } };

  test('refuses pods, with what was found', async () => {
    const outcome = await admitWith(plugins, { object: bad });
    expect(outcome.message).toBe(
      'pods "p" is forbidden: violates PodSecurity "baseline:v1.30": host namespaces (hostPID=true)',
    );
    expect(outcome.annotations).toEqual({ [`${prefix}enforce-policy`]: 'baseline:v1.30' });
    expect((await admitWith(plugins, { object: bad, namespace: 'open' })).message).toBeUndefined();
  });

  test('lets a running pod change, unless its images do', async () => {
    const image = { ...bad, spec: { ...bad.spec, containers: [{ name: 'c', image: 'other' }] } };
    const update = (object: object) => admitWith(plugins, { operation: 'UPDATE', object, old: bad });
    expect((await update(bad)).message).toBeUndefined();
    expect((await update(image)).message).toContain('violates');
  });

  test('warns of workloads', async () => {
    const object = { metadata: {}, spec: { template: { spec: bad.spec } } };
    const outcome = await admitWith(plugins, { group: 'apps', resource: 'deployments', object });
    expect(outcome).toMatchObject({
      message: undefined,
      warnings: ['would violate PodSecurity "baseline:v1.30": host namespaces (hostPID=true)'],
    });
  });

  test('tells whoever changes the labels of a namespace about its pods', async () => {
    const change = (labels: Record<string, string>) =>
      admitWith(plugins, {
        operation: 'UPDATE',
        resource: 'namespaces',
        name: 'open',
        object: namespace('open', labels),
        old: namespace('open', {}),
      });
    expect((await change({ enforce: 'baseline' })).warnings).toEqual([
      'existing pods in namespace "open" violate the new PodSecurity enforce level "baseline:latest"',
      'a (and 1 other pod): host namespaces',
      'c: host namespaces, hostPath volumes',
    ]);
    expect((await change({ warn: 'restricted' })).warnings).toEqual([]);
    expect((await change({ enforce: 'strict' })).message).toBe(
      `Namespace "open" is invalid: metadata.labels[${prefix}enforce]: Invalid value: "strict": must be one of privileged, baseline, restricted`,
    );
  });
});
