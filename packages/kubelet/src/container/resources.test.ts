import { describe, expect, test } from 'vitest';
import { testContainer, testNode, testPod } from '../pod/fixtures.ts';
import { podCgroup } from './cgroup_parent.ts';
import { oomScoreAdj, qosClass } from './qos.ts';
import { containerResources, cpuShares, linuxResources, podTotals } from './resources.ts';

describe('resources', () => {
  test.each([
    [0, 2],
    [1, 2],
    [100, 102],
    [1000, 1024],
    [1_000_000, 262_144],
  ])('%i milli CPU are %i shares', (milli, shares) => {
    expect(cpuShares(milli)).toBe(shares);
  });

  test.each([
    [{ cpuLimit: '500m' }, { cpuShares: 512, cpuQuota: 50_000 }],
    [
      { cpuRequest: '100m', cpuLimit: '2' },
      { cpuShares: 102, cpuQuota: 200_000 },
    ],
    [{ cpuLimit: '1m' }, { cpuShares: 2, cpuQuota: 1000 }],
    [{ memoryLimit: '64Mi' }, { cpuShares: 2, cpuQuota: 0, memoryLimitInBytes: 67_108_864 }],
  ])('%j', (options, expected) => {
    expect(linuxResources(options)).toMatchObject(expected);
  });

  test('huge pages are named as the kernel names them', () => {
    const container = testContainer('app', { resources: { limits: { 'hugepages-2Mi': '4Mi' } } });
    const resources = containerResources({ pod: testPod(), container, memoryCapacityBytes: 1 });
    expect(resources.hugepageLimits).toEqual([{ pageSize: '2MB', limit: 4 * 2 ** 20 }]);
  });

  const sized = (name: string, cpu: string, more = {}) =>
    testContainer(name, { resources: { requests: { cpu }, limits: { cpu } }, ...more });
  test('a pod is as large as its containers, or its largest init container', () => {
    const spec = testPod({
      containers: [sized('a', '100m'), sized('b', '200m')],
      initContainers: [sized('side', '50m', { restartPolicy: 'Always' }), sized('big', '500m')],
      overhead: { cpu: '10m' },
    }).spec;
    expect(podTotals(spec, 'requests', 'cpu')).toBe(560);
    expect(podTotals({ ...spec, initContainers: spec.initContainers!.slice(0, 1) }, 'requests', 'cpu')).toBe(
      360,
    );
    expect(
      podTotals(testPod({ containers: [sized('a', '1'), testContainer('b')] }).spec, 'limits', 'cpu'),
    ).toBeUndefined();
  });

  const both = { requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '1', memory: '1Gi' } };
  test.each([
    ['BestEffort', {}],
    ['Burstable', { requests: { cpu: '1' } }],
    ['Burstable', { ...both, requests: { cpu: '1', memory: '512Mi' } }],
    ['Guaranteed', both],
    ['Guaranteed', { limits: both.limits }],
  ])('%s: %j', (expected, resources) => {
    expect(qosClass(testPod({ containers: [testContainer('a', { resources })] }).spec)).toBe(expected);
  });

  test.each([
    ['Guaranteed', undefined, -997],
    ['BestEffort', undefined, 1000],
    ['Burstable', '4Gi', 500],
    ['Burstable', '8Gi', 3],
    ['Burstable', '1', 999],
  ])('oom score of %s with %s: %i', (qos, memory, expected) => {
    const container = testContainer('a', { resources: { requests: memory ? { memory } : {} } });
    const { spec } = testPod({ containers: [container] });
    expect(oomScoreAdj({ spec, container, qos, memoryCapacityBytes: 8 * 2 ** 30 })).toBe(expected);
  });

  test('cgroups of pods', () => {
    const pod = testPod({}, { qosClass: 'Burstable' });
    const { uid } = pod.metadata;
    expect(podCgroup(pod, testNode)).toBe(`/kubets-test/burstable/pod${uid}`);
    expect(podCgroup(testPod({}, { qosClass: 'Guaranteed' }), testNode)).toBe(`/kubets-test/pod${uid}`);
    expect(podCgroup(pod, { cgroup: { driver: 'systemd', root: '/kubets' } })).toBe(
      `kubets-burstable-pod${uid.replaceAll('-', '_')}.slice`,
    );
  });
});
