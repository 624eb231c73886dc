import { expect, test } from 'vitest';
import { create, created, yaml } from '../../testing.ts';
import { pod } from './pod.ts';

test('what a small pod becomes', () => {
  const { object } = create(
    pod,
    yaml(`
      apiVersion: v1
      kind: Pod
      metadata: { name: web }
      spec:
        serviceAccountName: builder
        containers:
          - name: web
            image: nginx
            ports: [{ containerPort: 80 }]
            env: [{ name: A, valueFrom: { fieldRef: { fieldPath: metadata.name } } }]
            resources: { limits: { cpu: 100.5m } }
            livenessProbe: { httpGet: { port: 80 } }
            readinessProbe: { grpc: { port: 80 } }
            lifecycle: { preStop: { httpGet: { port: 80, path: /stop } } }
        volumes:
          - { name: nothing }
          - { name: secret, secret: { secretName: login } }
          - { name: settings, configMap: { name: settings } }
          - { name: info, downwardAPI: { items: [{ path: a, fieldRef: { fieldPath: metadata.name } }] } }
          - { name: host, hostPath: { path: /var } }
          - { name: all, projected: { sources: [{ serviceAccountToken: { path: token } }] } }
          - name: scratch
            ephemeral: { volumeClaimTemplate: { spec: { accessModes: [ReadWriteOnce] } } }
      `),
  );
  expect(object).toEqual({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'web',
      namespace: 'default',
      uid: 'uid-1',
      creationTimestamp: created,
      generation: 1,
    },
    spec: {
      containers: [
        {
          name: 'web',
          image: 'nginx',
          imagePullPolicy: 'Always',
          terminationMessagePath: '/dev/termination-log',
          terminationMessagePolicy: 'File',
          ports: [{ containerPort: 80, protocol: 'TCP' }],
          env: [{ name: 'A', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } } }],
          resources: { limits: { cpu: '101m' }, requests: { cpu: '101m' } },
          livenessProbe: {
            httpGet: { path: '/', port: 80, scheme: 'HTTP' },
            timeoutSeconds: 1,
            periodSeconds: 10,
            successThreshold: 1,
            failureThreshold: 3,
          },
          readinessProbe: {
            grpc: { port: 80, service: '' },
            timeoutSeconds: 1,
            periodSeconds: 10,
            successThreshold: 1,
            failureThreshold: 3,
          },
          lifecycle: { preStop: { httpGet: { port: 80, path: '/stop', scheme: 'HTTP' } } },
        },
      ],
      volumes: [
        { name: 'nothing', emptyDir: {} },
        { name: 'secret', secret: { secretName: 'login', defaultMode: 0o644 } },
        { name: 'settings', configMap: { name: 'settings', defaultMode: 0o644 } },
        {
          name: 'info',
          downwardAPI: {
            items: [{ path: 'a', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } }],
            defaultMode: 0o644,
          },
        },
        { name: 'host', hostPath: { path: '/var', type: '' } },
        {
          name: 'all',
          projected: {
            sources: [{ serviceAccountToken: { path: 'token', expirationSeconds: 3600 } }],
            defaultMode: 0o644,
          },
        },
        {
          name: 'scratch',
          ephemeral: {
            volumeClaimTemplate: {
              spec: { accessModes: ['ReadWriteOnce'], resources: {}, volumeMode: 'Filesystem' },
            },
          },
        },
      ],
      restartPolicy: 'Always',
      dnsPolicy: 'ClusterFirst',
      terminationGracePeriodSeconds: 30,
      schedulerName: 'default-scheduler',
      securityContext: {},
      enableServiceLinks: true,
      serviceAccountName: 'builder',
      serviceAccount: 'builder',
    },
    status: { phase: 'Pending', qosClass: 'Burstable' },
  });
});

test.each<[name: string, spec: object, expected: object]>([
  [
    'ports of the host are those of the containers',
    {
      hostNetwork: true,
      containers: [{ name: 'a', ports: [{ containerPort: 80 }, { containerPort: 81, hostPort: 8081 }] }],
    },
    { containers: [{ ports: [{ hostPort: 80 }, { hostPort: 8081 }] }] },
  ],
  [
    'requests that are there stay',
    {
      containers: [
        { name: 'a', resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '10m' } } },
      ],
    },
    { containers: [{ resources: { requests: { cpu: '10m', memory: '1Gi' } } }] },
  ],
  [
    'a grace period of nothing is one',
    { terminationGracePeriodSeconds: 0 },
    { terminationGracePeriodSeconds: 0 },
  ],
  ['the old name of the service account', { serviceAccount: 'builder' }, { serviceAccountName: 'builder' }],
  [
    'a termination message elsewhere',
    { containers: [{ name: 'a', terminationMessagePath: '/tmp/end' }] },
    { containers: [{ terminationMessagePath: '/tmp/end' }] },
  ],
  [
    'a probe with its own times',
    {
      containers: [
        { name: 'a', startupProbe: { exec: { command: ['true'] }, periodSeconds: 2, failureThreshold: 9 } },
      ],
    },
    {
      containers: [
        { startupProbe: { timeoutSeconds: 1, periodSeconds: 2, successThreshold: 1, failureThreshold: 9 } },
      ],
    },
  ],
])('%s', (_, spec, expected) => {
  expect(create(pod, { spec }).object.spec).toMatchObject(expected);
});
