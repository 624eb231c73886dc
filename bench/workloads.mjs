// What is measured: each workload returns how many operations it did. 16 callers at a time.
const callers = 16;
const path = '/api/v1/namespaces/bench/configmaps';
const value = 'x'.repeat(1000);
const configMap = (name, more = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, labels: { app: 'bench' } },
  data: { value, ...more },
});

export function workloads({ quick = false } = {}) {
  const scale = quick ? 0.1 : 1;
  const creates = Math.max(500, 5_000 * scale);
  const watchers = 100 * scale;
  const updates = 200;
  return [
    {
      name: `create (ConfigMap, 1 KB)`,
      prepare: (api) =>
        api.request('POST', '/api/v1/namespaces', {
          apiVersion: 'v1',
          kind: 'Namespace',
          metadata: { name: 'bench' },
        }),
      run: (api) => many(creates, (index) => expect(api.request('POST', path, configMap(`c-${index}`)), 201)),
    },
    {
      name: 'get',
      run: (api) =>
        many(10_000 * scale, (index) => expect(api.request('GET', `${path}/c-${index % 100}`), 200)),
    },
    {
      name: 'list of 500',
      run: (api) =>
        many(Math.max(20, 100 * scale), () => expect(api.request('GET', `${path}?limit=500`), 200)),
    },
    {
      name: `watch events to ${watchers} watchers`,
      async run(api) {
        const { text } = await api.request('GET', `${path}?limit=1`);
        const { resourceVersion } = JSON.parse(text()).metadata;
        // Servers bound the streams of a connection (kube-apiserver: 100), so watchers have connections of their own.
        const connections = await Promise.all(
          Array.from({ length: Math.ceil(watchers / 25) }, () => api.another()),
        );
        const watches = Array.from({ length: watchers }, (_, index) =>
          connections[Math.floor(index / 25)].watch(
            `${path}?watch=true&resourceVersion=${resourceVersion}`,
            updates,
          ),
        );
        // A server may hold its headers back until the first event: do not wait for them for ever.
        await Promise.race([
          Promise.all(watches.map(({ opened }) => opened)),
          new Promise((resolve) => setTimeout(resolve, 1000)),
        ]);
        await many(updates, (index) =>
          expect(api.request('PUT', `${path}/c-${index}`, configMap(`c-${index}`, { changed: 'yes' })), 200),
        );
        await Promise.all(watches.map(({ done }) => done));
        for (const connection of connections) connection.close();
        return watchers * updates;
      },
    },
  ];
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
