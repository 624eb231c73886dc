// The official JavaScript client against a cluster: what programs do, beside what people do with kubectl.
import {
  ApiException,
  AppsV1Api,
  CoreV1Api,
  type CoreV1Event,
  KubeConfig,
  KubernetesObjectApi,
  makeInformer,
  PatchStrategy,
  setHeaderOptions,
  type V1ConfigMap,
  VersionApi,
  Watch,
} from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startCluster, type TestCluster } from '../harness/cluster.ts';
import { clientsRun } from '../harness/real_clients.ts';

let cluster: TestCluster;
let config: KubeConfig;
let core: CoreV1Api;
const namespace = 'default';

describe.skipIf(!clientsRun)('@kubernetes/client-node', () => {
  beforeAll(async () => {
    cluster = await startCluster({ fakeNodes: 2 });
    config = new KubeConfig();
    config.loadFromFile(cluster.kubeconfig);
    core = config.makeApiClient(CoreV1Api);
  });
  afterAll(async () => {
    await cluster?.down();
  });

  test('reads, writes, and gets errors as a Status', async () => {
    expect((await config.makeApiClient(VersionApi).getCode()).major).toBe('1');
    expect((await core.listNode()).items.map(({ metadata }) => metadata?.name)).toEqual(['node-1', 'node-2']);
    const made = await core.createNamespacedConfigMap({
      namespace,
      body: { metadata: { name: 'a' }, data: { x: '1' } },
    });
    expect(made.metadata?.uid).toMatch(/^[0-9a-f-]{36}$/);
    made.data = { x: '2' };
    const changed = await core.replaceNamespacedConfigMap({ namespace, name: 'a', body: made });
    expect(changed.data).toEqual({ x: '2' });
    const stale = await core
      .replaceNamespacedConfigMap({ namespace, name: 'a', body: made })
      .catch((error: unknown) => error as ApiException<string>);
    expect(stale).toBeInstanceOf(ApiException);
    expect((stale as ApiException<string>).code).toBe(409);
    const patched = await core.patchNamespacedConfigMap(
      { namespace, name: 'a', body: [{ op: 'add', path: '/data/y', value: '3' }] },
      setHeaderOptions('Content-Type', PatchStrategy.JsonPatch),
    );
    expect(patched.data).toEqual({ x: '2', y: '3' });
    await core.deleteNamespacedConfigMap({ namespace, name: 'a' });
    const missing = await core
      .readNamespacedConfigMap({ namespace, name: 'a' })
      .catch((error: unknown) => error);
    expect((missing as ApiException<string>).code).toBe(404);
    expect(String((missing as ApiException<string>).body)).toContain('configmaps \\"a\\" not found');
  });

  test('an informer sees what happens, from the list on', async () => {
    await core.createNamespacedConfigMap({
      namespace,
      body: { metadata: { name: 'before', labels: { seen: 'yes' } } },
    });
    const seen: string[] = [];
    const informer = makeInformer<V1ConfigMap>(
      config,
      `/api/v1/namespaces/${namespace}/configmaps`,
      () => core.listNamespacedConfigMap({ namespace, labelSelector: 'seen=yes' }),
      'seen=yes',
    );
    for (const event of ['add', 'update', 'delete'] as const) {
      informer.on(event, (object) =>
        seen.push(`${event} ${object.metadata?.name} ${object.data?.n ?? ''}`.trim()),
      );
    }
    await informer.start();
    const labels = { seen: 'yes' };
    const body = { metadata: { name: 'during', labels }, data: { n: '1' } };
    await core.createNamespacedConfigMap({ namespace, body });
    await core.createNamespacedConfigMap({ namespace, body: { metadata: { name: 'other' } } });
    await core.patchNamespacedConfigMap(
      { namespace, name: 'during', body: { data: { n: '2' } } },
      setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
    );
    await core.deleteNamespacedConfigMap({ namespace, name: 'during' });
    await cluster.eventually('all events', async () => seen.length >= 4);
    await informer.stop();
    expect(seen).toEqual(['add before', 'add during 1', 'update during 2', 'delete during 2']);
  });

  test('a rollout runs through server-side apply and a watch', async () => {
    const objects = KubernetesObjectApi.makeApiClient(config);
    const deployment = (image: string) => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace },
      spec: {
        replicas: 3,
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'web', image }] },
        },
      },
    });
    const apply = (image: string, manager: string, force = false) =>
      objects.patch(deployment(image), undefined, undefined, manager, force, PatchStrategy.ServerSideApply);
    await apply('example.com/web:1', 'one');
    const apps = config.makeApiClient(AppsV1Api);
    const available = async (image: string) => {
      const { spec, status, metadata } = await apps.readNamespacedDeployment({ namespace, name: 'web' });
      return (
        spec?.template.spec?.containers[0]?.image === image &&
        status?.observedGeneration === metadata?.generation &&
        status?.updatedReplicas === 3 &&
        status.availableReplicas === 3
      );
    };
    await cluster.eventually('three pods', () => available('example.com/web:1'));
    const conflict = await apply('example.com/web:2', 'two').catch(
      (error: unknown) => error as ApiException<string>,
    );
    expect((conflict as ApiException<string>).code).toBe(409);
    const events: string[] = [];
    const watch = await new Watch(config).watch(
      `/api/v1/namespaces/${namespace}/events`,
      {},
      (_phase, event: CoreV1Event) => events.push(event.reason ?? ''),
      () => {},
    );
    await apply('example.com/web:2', 'two', true);
    await cluster.eventually('the new pods', () => available('example.com/web:2'));
    await cluster.eventually('its events', async () => events.includes('ScalingReplicaSet'));
    watch.abort();
  });
});
