// What tracking of managed fields adds to a write.
import { bench, describe } from 'vitest';
import { applyConfiguration } from './apply_configuration.ts';
import { trackManagedFields } from './track_managed_fields.ts';

const context = { apiVersion: 'v1', type: 'core.v1.Pod', subresource: '', resetFields: [['status']] };
const container = (name: string) => ({
  name,
  image: 'registry.example/app:1.2.3',
  args: ['serve'],
  env: [
    { name: 'A', value: '1' },
    { name: 'B', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } } },
  ],
  ports: [{ name: 'http', containerPort: 80, protocol: 'TCP' }],
  resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { memory: '128Mi' } },
  volumeMounts: [{ name: 'token', mountPath: '/var/run/secrets', readOnly: true }],
  livenessProbe: { httpGet: { path: '/', port: 80, scheme: 'HTTP' }, timeoutSeconds: 1, periodSeconds: 10 },
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
  imagePullPolicy: 'IfNotPresent',
});
const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'web-1',
    generateName: 'web-',
    namespace: 'default',
    uid: 'u',
    labels: { app: 'web', 'pod-template-hash': 'abc' },
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'r', controller: true }],
  },
  spec: {
    containers: [container('app'), container('sidecar')],
    volumes: [{ name: 'token', projected: { defaultMode: 420, sources: [] } }],
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    schedulerName: 'default-scheduler',
    securityContext: {},
    tolerations: [{ key: 'a', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }],
  },
  status: { phase: 'Pending' },
};
const track = (old: object | undefined, next: object, manager: string, time: string, subresource = '') =>
  trackManagedFields<any>({ ...context, old, next, manager, time, subresource });
const created = track(undefined, pod, 'kube-controller-manager', '2026-01-01T00:00:00Z');
const condition = (status: string) => ({
  type: 'Ready',
  status,
  lastTransitionTime: '2026-01-01T00:00:00Z',
  lastProbeTime: null,
});
const withStatus = (object: any, status: string) => ({
  ...object,
  status: { phase: 'Running', conditions: [condition(status)], podIP: '10.0.0.1', hostIP: '10.0.0.2' },
});
const running = track(created, withStatus(created, 'False'), 'kubelet', '2026-01-01T00:00:01Z', 'status');
const applied = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web-1', labels: { app: 'web', tier: 'x' } },
};

describe('managed fields of a pod', () => {
  bench('create', () => {
    track(undefined, pod, 'kube-controller-manager', '2026-01-01T00:00:00Z');
  });
  bench('first status', () => {
    track(created, withStatus(created, 'False'), 'kubelet', '2026-01-01T00:00:01Z', 'status');
  });
  bench('a changed condition', () => {
    track(running, withStatus(running, 'True'), 'kubelet', '2026-01-01T00:00:02Z', 'status');
  });
  bench('nothing changed', () => {
    track(running, structuredClone(running), 'kubelet', '2026-01-01T00:00:02Z', 'status');
  });
  bench('apply of two labels', () => {
    applyConfiguration({ ...context, live: running, applied, manager: 'me', time: '2026-01-01T00:00:02Z' });
  });
});
