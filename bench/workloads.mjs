// What is measured: each workload returns how many operations it did. 16 callers at a time.
const callers = 16;
const namespace = '/api/v1/namespaces/bench';
const path = `${namespace}/configmaps`;
const value = 'x'.repeat(1000);
const configMap = (name, more = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, labels: { app: 'bench' } },
  data: { value, ...more },
});

/** A pod as Deployments make them, about 4 KB when it runs: environment, probes, volumes, owner, status. */
const pod = (name) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name,
    labels: { app: 'bench', 'pod-template-hash': '7d4f8b9c6' },
    annotations: {
      'example.com/checksum': 'b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c',
    },
    ownerReferences: [
      {
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        name: 'bench-7d4f8b9c6',
        uid: '6b1f1a2e-3c4d-4e5f-8a9b-0c1d2e3f4a5b',
        controller: true,
        blockOwnerDeletion: true,
      },
    ],
  },
  spec: {
    containers: ['web', 'sidecar'].map((container) => ({
      name: container,
      image: `registry.example.com/team/${container}:v1.2.3`,
      env: Array.from({ length: 8 }, (_, index) => ({
        name: `SETTING_${index}`,
        value: `value-of-${index}`,
      })),
      ports: [{ containerPort: container === 'web' ? 8080 : 9090, name: container }],
      resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } },
      readinessProbe: { httpGet: { path: '/ready', port: container }, periodSeconds: 5 },
      livenessProbe: { httpGet: { path: '/healthz', port: container } },
      volumeMounts: [{ name: 'config', mountPath: '/etc/app' }],
    })),
    volumes: [{ name: 'config', configMap: { name: 'bench-config' } }],
    nodeSelector: { 'kubernetes.io/os': 'linux' },
  },
});

const time = '2026-01-01T00:00:00Z';
const podStatus = (index) => ({
  status: {
    phase: 'Running',
    hostIP: '192.0.2.10',
    podIP: `10.244.${index >> 8}.${index & 255}`,
    startTime: time,
    conditions: ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => ({
      type,
      status: 'True',
      lastTransitionTime: time,
    })),
    containerStatuses: ['web', 'sidecar'].map((name) => ({
      name,
      ready: true,
      restartCount: 0,
      image: `registry.example.com/team/${name}:v1.2.3`,
      imageID: `registry.example.com/team/${name}@sha256:b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c`,
      containerID: 'containerd://4e07408562bedb8b60ce05c1decfe3ad16b72230967de01f640b7e4729b49fce',
      state: { running: { startedAt: time } },
    })),
  },
});

export function workloads({ quick = false } = {}) {
  const scale = quick ? 0.1 : 1;
  const creates = Math.max(500, 5_000 * scale);
  const watchers = 1_000 * scale;
  const lists = quick ? 10 : 100;
  const updates = 1_000;
  const many10k = 10_000;
  let connections = [];
  let watches = [];
  return [
    {
      name: 'create (ConfigMap, 1 KB)',
      async prepare(api) {
        await api.request('POST', '/api/v1/namespaces', {
          apiVersion: 'v1',
          kind: 'Namespace',
          metadata: { name: 'bench' },
        });
        // No controllers beside the server: pods need it, so it is made by hand.
        await api.request('POST', `${namespace}/serviceaccounts`, {
          apiVersion: 'v1',
          kind: 'ServiceAccount',
          metadata: { name: 'default' },
        });
        // Servers run for months: what is measured is not their first seconds, in which code is still being compiled.
        const each = (work) => many(2_000, work);
        await each((index) => expect(api.request('POST', path, configMap(`w-${index}`)), 201));
        await each((index) => expect(api.request('GET', `${path}/w-${index}`), 200));
        await each((index) => expect(api.request('POST', `${namespace}/pods`, pod(`w-${index}`)), 201));
        await each((index) =>
          expect(api.request('PATCH', `${namespace}/pods/w-${index}/status`, podStatus(index)), 200),
        );
        await each((index) =>
          expect(api.request('DELETE', `${namespace}/pods/w-${index}?gracePeriodSeconds=0`), 200),
        );
      },
      run: (api) => many(creates, (index) => expect(api.request('POST', path, configMap(`c-${index}`)), 201)),
    },
    {
      name: 'get (ConfigMap)',
      run: (api) =>
        many(10_000 * scale, (index) => expect(api.request('GET', `${path}/c-${index % 100}`), 200)),
    },
    {
      name: 'create (Pod, 4 KB)',
      run: (api) =>
        many(500, (index) => expect(api.request('POST', `${namespace}/pods`, pod(`p-${index}`)), 201)),
    },
    {
      name: "update a Pod's status",
      run: (api) =>
        many(500, (index) =>
          expect(api.request('PATCH', `${namespace}/pods/p-${index}/status`, podStatus(index)), 200),
        ),
    },
    {
      name: 'list of 500 pods',
      run: (api) => many(lists, () => expect(api.request('GET', `${namespace}/pods?limit=500`), 200)),
    },
    {
      name: 'list of 500 pods, gzip',
      run: (api) =>
        many(lists, () =>
          expect(
            api.request('GET', `${namespace}/pods?limit=500`, undefined, { 'accept-encoding': 'gzip' }),
            200,
          ),
        ),
    },
    {
      name: `watch events to ${watchers} watchers`,
      async prepare(api) {
        await watchUpdates(api, 300);
        const { text } = await api.request('GET', `${path}?limit=1`);
        const { resourceVersion } = JSON.parse(text()).metadata;
        // Servers bound the streams of a connection (kube-apiserver: 100), so watchers have connections of their own.
        connections = await Promise.all(
          Array.from({ length: Math.ceil(watchers / 50) }, () => api.another()),
        );
        watches = Array.from({ length: watchers }, (_, index) =>
          connections[Math.floor(index / 50)].watch(
            `${path}?watch=true&resourceVersion=${resourceVersion}`,
            updates,
          ),
        );
        // A server may hold its headers back until the first event: do not wait for them for ever.
        await Promise.race([
          Promise.all(watches.map(({ opened }) => opened)),
          new Promise((resolve) => setTimeout(resolve, 5_000)),
        ]);
      },
      async run(api) {
        await many(updates, (index) =>
          expect(
            api.request(
              'PUT',
              `${path}/c-${index % creates}`,
              configMap(`c-${index % creates}`, { changed: `${index}` }),
            ),
            200,
          ),
        );
        await Promise.all(watches.map(({ done }) => done));
        for (const connection of connections) connection.close();
        return watchers * updates;
      },
    },
    ...(quick
      ? []
      : [
          {
            name: 'fill to 10,000 pods',
            run: (api) =>
              many(many10k - 500, (index) =>
                expect(api.request('POST', `${namespace}/pods`, pod(`q-${index}`)), 201),
              ),
          },
        ]),
  ];
}

/** So that updates and watches too are measured past their first seconds. */
async function watchUpdates(api, count) {
  const connection = await api.another();
  const { text } = await api.request('GET', `${path}?limit=1`);
  const from = JSON.parse(text()).metadata.resourceVersion;
  const watches = Array.from({ length: 50 }, () =>
    connection.watch(`${path}?watch=true&resourceVersion=${from}`, count),
  );
  const changed = { changed: 'before' };
  await many(count, (index) =>
    expect(api.request('PUT', `${path}/w-${index}`, configMap(`w-${index}`, changed)), 200),
  );
  await Promise.all(watches.map(({ done }) => done));
  connection.close();
}

async function many(count, work) {
  let next = 0;
  await Promise.all(
    Array.from({ length: callers }, async () => {
      while (next < count) await work(next++);
    }),
  );
  return count;
}

async function expect(answer, status) {
  const got = await answer;
  if (got.status !== status)
    throw new Error(`expected ${status}, got ${got.status}: ${got.text().slice(0, 300)}`);
}
