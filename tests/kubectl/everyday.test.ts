// The kubectl commands of every day, unmodified kubectl v1.36, on simulated nodes.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { manifestFile, startCluster, type TestCluster } from '../harness/cluster.ts';
import { clientsRun } from '../harness/real_clients.ts';

let cluster: TestCluster;

describe.skipIf(!clientsRun)('kubectl', () => {
  beforeAll(async () => {
    cluster = await startCluster({ fakeNodes: 2 });
  });
  afterAll(() => cluster?.down());

  test('config, version, cluster-info', async () => {
    expect(await cluster.kubectl('config', 'current-context')).toBe(`${cluster.name}\n`);
    expect(await cluster.kubectl('config', 'get-contexts', '-o', 'name')).toBe(`${cluster.name}\n`);
    expect(await cluster.kubectl('config', 'use-context', cluster.name)).toBe(
      `Switched to context "${cluster.name}".\n`,
    );
    expect(await cluster.kubectl('version')).toMatch(/Server Version: .*v1\.36\.\d+\+kubets/);
    expect(await cluster.kubectl('cluster-info')).toContain('is running at');
  });

  test('api-resources and api-versions', async () => {
    const resources = await cluster.kubectl('api-resources');
    expect(resources).toMatch(/^deployments +deploy +apps\/v1 +true +Deployment$/m);
    expect(resources).toMatch(/^nodes +no +v1 +false +Node$/m);
    expect((await cluster.kubectl('api-versions')).split('\n')).toEqual(
      expect.arrayContaining(['v1', 'apps/v1', 'batch/v1', 'autoscaling/v2', 'rbac.authorization.k8s.io/v1']),
    );
  });

  test('nodes are Ready and namespaces Active', async () => {
    const nodes = await cluster.kubectl('get', 'nodes');
    expect(nodes).toMatch(/^NAME +STATUS +ROLES +AGE +VERSION$/m);
    expect(nodes.match(/ Ready /g)).toHaveLength(2);
    expect(await cluster.kubectl('get', 'ns', '-o', 'name')).toContain('namespace/kube-node-lease');
  });

  test('create deployment, rollout, scale, set image, history, undo, restart', async () => {
    expect(await cluster.kubectl('create', 'deployment', 'web', '--image=web:1', '--replicas=3')).toBe(
      'deployment.apps/web created\n',
    );
    expect(await cluster.kubectl('rollout', 'status', 'deployment/web', '--timeout=30s')).toContain(
      'deployment "web" successfully rolled out',
    );
    expect(await cluster.kubectl('get', 'deploy', 'web')).toMatch(/^web +3\/3 +3 +3 +\d+s$/m);
    await cluster.kubectl('scale', 'deployment/web', '--replicas=4');
    await cluster.kubectl('rollout', 'status', 'deployment/web', '--timeout=30s');
    await cluster.kubectl('set', 'image', 'deployment/web', 'web=web:2');
    await cluster.kubectl('rollout', 'status', 'deployment/web', '--timeout=30s');
    expect(
      await cluster.kubectl(
        'get',
        'pods',
        '-l',
        'app=web',
        '-o',
        'jsonpath={.items[*].spec.containers[0].image}',
      ),
    ).toContain('web:2');
    expect(await cluster.kubectl('rollout', 'history', 'deployment/web')).toMatch(/^1 .*\n2 /m);
    await cluster.kubectl('rollout', 'undo', 'deployment/web');
    await cluster.kubectl('rollout', 'status', 'deployment/web', '--timeout=30s');
    expect(
      await cluster.kubectl(
        'get',
        'deploy',
        'web',
        '-o',
        'jsonpath={.spec.template.spec.containers[0].image}',
      ),
    ).toBe('web:1');
    await cluster.kubectl('rollout', 'restart', 'deployment/web');
    await cluster.kubectl('rollout', 'status', 'deployment/web', '--timeout=30s');
    await cluster.kubectl('autoscale', 'deployment/web', '--min=2', '--max=5', '--cpu-percent=70');
    expect(await cluster.kubectl('get', 'hpa', 'web')).toMatch(/Deployment\/web/);
  });

  test('get in every form', async () => {
    await cluster.kubectl('create', 'configmap', 'forms', '--from-literal=a=1');
    expect(await cluster.kubectl('get', 'cm', 'forms', '-o', 'yaml')).toMatch(
      /^apiVersion: v1\ndata:\n {2}a: "1"\nkind: ConfigMap\n/,
    );
    expect(JSON.parse(await cluster.kubectl('get', 'cm', 'forms', '-o', 'json')).data).toEqual({ a: '1' });
    expect(
      await cluster.kubectl('get', 'cm', 'forms', '-o', 'custom-columns=N:.metadata.name,A:.data.a'),
    ).toBe('N       A\nforms   1\n');
    expect(await cluster.kubectl('get', 'cm,sa')).toMatch(/configmap\/forms[\s\S]*serviceaccount\/default/);
    await cluster.kubectl('create', 'configmap', 'first', '--from-literal=a=2');
    expect(await cluster.kubectl('get', 'cm', '--sort-by=.data.a', '-o', 'name')).toMatch(
      /forms\n(.*\n)*configmap\/first/,
    );
    expect(await cluster.kubectl('get', 'pods', '-A', '-o', 'wide')).toMatch(
      /^NAMESPACE +NAME +READY +STATUS +RESTARTS +AGE +IP +NODE +NOMINATED NODE +READINESS GATES$/m,
    );
    expect((await cluster.tryKubectl(['get', 'cm', 'nothing'])).stderr).toBe(
      'Error from server (NotFound): configmaps "nothing" not found\n',
    );
    expect((await cluster.tryKubectl(['get', 'pods', '-n', 'empty-namespace'])).stderr).toBe(
      'No resources found in empty-namespace namespace.\n',
    );
  });

  test('watch', async () => {
    const watch = cluster.spawnKubectl(['get', 'cm', '-w', '-o', 'name']);
    await cluster.eventually('the first list', async () => watch.text().includes('configmap/'));
    await cluster.kubectl('create', 'configmap', 'watched');
    await cluster.eventually('the new object', async () => watch.text().includes('configmap/watched'));
    watch.kill();
  });

  test('apply, diff of three ways, replace of lists, delete -f', async () => {
    const manifest = (port: number, extra = '') => `apiVersion: v1
kind: Service
metadata: {name: shop, labels: {team: a}}
spec:
  selector: {app: shop}
  ports:
  - {name: http, port: ${port}}
${extra}`;
    expect(await cluster.apply(manifest(80, '  - {name: admin, port: 81}\n'))).toBe('service/shop created\n');
    await cluster.kubectl('label', 'service', 'shop', 'kept=yes');
    expect(await cluster.apply(manifest(8080))).toBe('service/shop configured\n');
    expect(await cluster.apply(manifest(8080))).toBe('service/shop unchanged\n');
    const service = JSON.parse(await cluster.kubectl('get', 'svc', 'shop', '-o', 'json'));
    expect(service.metadata.labels).toEqual({ team: 'a', kept: 'yes' });
    expect(service.spec.ports).toHaveLength(1);
    expect(service.spec.clusterIP).toMatch(/^10\./);
    expect(
      await cluster.apply(manifest(8080), '--server-side', '--field-manager=me', '--force-conflicts'),
    ).toBe('service/shop serverside-applied\n');
    const file = manifestFile(cluster, 'shop.yaml', manifest(8080));
    expect(await cluster.kubectl('delete', '-f', file)).toContain('service "shop" deleted');
  });

  test('patch of three types, edit, label, annotate', async () => {
    await cluster.kubectl('create', 'deployment', 'patched', '--image=web:1');
    await cluster.kubectl(
      'patch',
      'deployment',
      'patched',
      '-p',
      '{"spec":{"template":{"spec":{"containers":[{"name":"web","env":[{"name":"A","value":"1"}]}]}}}}',
    );
    await cluster.kubectl('patch', 'deployment', 'patched', '--type=merge', '-p', '{"spec":{"replicas":2}}');
    await cluster.kubectl(
      'patch',
      'deployment',
      'patched',
      '--type=json',
      '-p',
      '[{"op":"add","path":"/metadata/labels/x","value":"y"}]',
    );
    await cluster.kubectl('annotate', 'deployment', 'patched', 'note=hello');
    const edited = await cluster.tryKubectl(['edit', 'deployment', 'patched'], {
      env: { KUBE_EDITOR: 'sed -i s/note:.hello/note:\\ edited/' },
    });
    expect(edited.stdout).toContain('deployment.apps/patched edited');
    const object = JSON.parse(await cluster.kubectl('get', 'deployment', 'patched', '-o', 'json'));
    expect(object.spec).toMatchObject({
      replicas: 2,
      template: { spec: { containers: [{ image: 'web:1', env: [{ name: 'A', value: '1' }] }] } },
    });
    expect(object.metadata).toMatchObject({ labels: { x: 'y' }, annotations: { note: 'edited' } });
  });

  test('describe, events, wait, delete', async () => {
    await cluster.kubectl('run', 'one', '--image=web:1', '--restart=Never');
    await cluster.kubectl('wait', 'pod/one', '--for=condition=Ready', '--timeout=30s');
    const description = await cluster.kubectl('describe', 'pod', 'one');
    expect(description).toMatch(/^Status: +Running$/m);
    expect(description).toMatch(/Successfully assigned default\/one to /);
    expect(await cluster.kubectl('events', '--for', 'pod/one')).toMatch(/Scheduled/);
    expect(await cluster.kubectl('delete', 'pod', 'one', '--wait', '--timeout=40s')).toContain(
      'pod "one" deleted',
    );
  });

  test('a pod that fits nowhere says why', async () => {
    await cluster.apply(`apiVersion: v1
kind: Pod
metadata: {name: gpu}
spec:
  containers: [{name: c, image: web:1, resources: {limits: {nvidia.com/gpu: 1}}}]
`);
    await cluster.eventually('the event', async () =>
      (await cluster.kubectl('describe', 'pod', 'gpu')).includes(
        '0/2 nodes are available: 2 Insufficient nvidia.com/gpu.',
      ),
    );
    await cluster.kubectl('delete', 'pod', 'gpu', '--force', '--grace-period=0');
  });

  test('explain', async () => {
    const text = await cluster.kubectl('explain', 'pod.spec.containers.livenessProbe');
    expect(text).toMatch(/^KIND: +Pod$/m);
    expect(text).toMatch(/initialDelaySeconds\s+<integer>\n +How many seconds .*\s+Default 0\./);

    const surge = await cluster.kubectl('explain', 'deployment.spec.strategy.rollingUpdate.maxSurge');
    expect(surge).toMatch(/^FIELD: maxSurge <IntOrString>$/m);
    expect(surge).toContain('Default 25%.');

    const policy = await cluster.kubectl('explain', 'cronjob.spec.concurrencyPolicy');
    expect(policy).toMatch(/^ENUM:\n +Allow\n +Forbid\n +Replace$/m);
    expect(policy).toContain('Default Allow.');

    const hpa = await cluster.kubectl('explain', 'hpa.spec', '--api-version=autoscaling/v1');
    expect(hpa).toMatch(/^VERSION: +v1$/m);
    expect(hpa).toMatch(/maxReplicas\s+<integer> -required-/);
    expect(hpa).toContain('targetCPUUtilizationPercentage');
  });

  test('explain --recursive', async () => {
    const text = await cluster.kubectl('explain', 'networkpolicy', '--recursive');
    expect(text).toMatch(/^ {2}spec\t<NetworkPolicySpec>\n {4}egress\t<\[\]NetworkPolicyEgressRule>/m);
    expect(text).toMatch(/^ {8}protocol\t<string>\n {8}enum: SCTP, TCP, UDP$/m);
  });

  test('auth can-i', async () => {
    expect(await cluster.kubectl('auth', 'can-i', 'delete', 'nodes')).toBe('yes\n');
    const no = await cluster.tryKubectl(['auth', 'can-i', 'delete', 'nodes', '--as=ann']);
    expect(no).toMatchObject({ code: 1, stdout: 'no\n' });
    await cluster.kubectl('create', 'rolebinding', 'ann', '--clusterrole=view', '--user=ann');
    expect(await cluster.kubectl('auth', 'can-i', 'list', 'pods', '--as=ann')).toBe('yes\n');
    expect((await cluster.tryKubectl(['get', 'secrets', '--as=ann'])).stderr).toContain(
      'Error from server (Forbidden): secrets is forbidden: User "ann" cannot list resource "secrets" in API group "" in the namespace "default"',
    );
  });

  test('bad input is refused in the words of Kubernetes', async () => {
    const bad = await cluster.tryKubectl(['apply', '-f', '-'], {
      input: 'apiVersion: v1\nkind: Pod\nmetadata: {name: Bad_Name}\nspec: {containers: [{name: c}]}\n',
    });
    expect(bad.code).toBe(1);
    expect(bad.stderr).toContain('The Pod "Bad_Name" is invalid:');
    expect(bad.stderr).toContain(
      '* metadata.name: Invalid value: "Bad_Name": a lowercase RFC 1123 subdomain must consist of',
    );
    expect(bad.stderr).toContain('* spec.containers[0].image: Required value');
    const unknown = await cluster.tryKubectl(['apply', '-f', '-'], {
      input: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndatta: {}\n',
    });
    expect(unknown.stderr).toContain('strict decoding error: unknown field "datta"');
  });

  test('a namespace goes with all that is in it', async () => {
    await cluster.kubectl('create', 'ns', 'short');
    await cluster.kubectl('create', 'deployment', 'web', '--image=web:1', '-n', 'short');
    await cluster.kubectl('delete', 'ns', 'short', '--timeout=60s');
    expect((await cluster.tryKubectl(['get', 'ns', 'short'])).stderr).toContain(
      'namespaces "short" not found',
    );
    expect(await cluster.kubectl('get', 'pods', '-A')).not.toContain('short');
  });
});
