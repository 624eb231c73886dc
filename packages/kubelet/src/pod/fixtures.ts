// Pods and observations for tests.
import type { Container, Pod, PodSpec, PodStatus } from '@kubets/api';
import type { NodeConfig } from '../node/node_config.ts';
import { containerHash } from './container_hash.ts';
import type { ObservedContainer, ObservedPod, ObservedSandbox } from './observed.ts';
import type { ProbeKind, ProbeOutcome, ProbeView } from './probe_view.ts';

export const testNow = Date.UTC(2026, 0, 1);

export function testContainer(name: string, more: Partial<Container> = {}): Container {
  return {
    name,
    image: 'busybox:1.36',
    imagePullPolicy: 'IfNotPresent',
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    ...more,
  };
}

export function testPod(spec: Partial<PodSpec> = {}, status: PodStatus = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'web',
      namespace: 'default',
      uid: '11111111-2222-4333-8444-555555555555',
      resourceVersion: '7',
      creationTimestamp: '2026-01-01T00:00:00Z',
      generation: 1,
    },
    spec: {
      containers: [testContainer('app')],
      restartPolicy: 'Always',
      nodeName: 'node-1',
      dnsPolicy: 'ClusterFirst',
      enableServiceLinks: true,
      terminationGracePeriodSeconds: 30,
      ...spec,
    },
    status: { phase: 'Pending', qosClass: 'BestEffort', ...status },
  };
}

export function testSandbox(more: Partial<ObservedSandbox> = {}): ObservedSandbox {
  return {
    id: 'sandbox-0',
    attempt: 0,
    ready: true,
    createdAt: testNow,
    ips: ['10.244.0.5'],
    hostNetwork: false,
    ...more,
  };
}

export function testObserved(name: string, more: Partial<ObservedContainer> = {}): ObservedContainer {
  const restartCount = more.restartCount ?? 0;
  return {
    id: `${name}-${restartCount}`,
    name,
    sandboxId: 'sandbox-0',
    state: 'running',
    createdAt: testNow + restartCount * 1000,
    startedAt: testNow + restartCount * 1000,
    ...(more.state === 'exited' && { finishedAt: testNow + restartCount * 1000 + 500 }),
    exitCode: 0,
    reason: more.state === 'exited' ? (more.exitCode ? 'Error' : 'Completed') : '',
    message: '',
    hash: containerHash(testContainer(name)),
    restartCount,
    image: 'docker.io/library/busybox:1.36',
    imageRef: 'sha256:abc',
    logPath: '',
    ...more,
  };
}

export function observedPod(...containers: ObservedContainer[]): ObservedPod {
  return { sandboxes: [testSandbox()], containers };
}

/** Results by `kind/containerId`; containers of which a kind is listed in `probed` have that probe. */
export function testProbes(
  results: Record<string, ProbeOutcome>,
  probed: readonly `${ProbeKind}/${string}`[] = [],
): ProbeView {
  return {
    result: (kind, id) => results[`${kind}/${id}`],
    probes: (kind, name) => probed.includes(`${kind}/${name}`),
  };
}

export const testNode: NodeConfig = {
  name: 'node-1',
  addresses: [
    { type: 'InternalIP', address: '192.168.0.1' },
    { type: 'Hostname', address: 'node-1' },
  ],
  capacity: { cpu: '4', memory: '8Gi', pods: '110', 'ephemeral-storage': '100Gi' },
  nodeInfo: {
    architecture: 'amd64',
    bootID: 'boot',
    kernelVersion: '6.1.0',
    machineID: 'machine',
    operatingSystem: 'linux',
    osImage: 'Test',
    systemUUID: 'uuid',
  },
  kubeletVersion: 'v1.36.0',
  rootDir: '/var/lib/kubelet',
  podLogsDir: '/var/log/pods',
  cgroup: { driver: 'cgroupfs', root: '/kubets-test' },
  clusterDns: ['10.96.0.10'],
  clusterDomain: 'cluster.local',
  resolvConf: '/etc/resolv.conf',
  kubeletPort: 10250,
};
