import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { podNamed, startTestServer, type TestServer } from '../testing/test_server.ts';

const pods = '/api/v1/namespaces/default/pods';
const merge = { headers: { 'content-type': 'application/merge-patch+json' } };
let api: TestServer;

beforeEach(async () => {
  api = await startTestServer({
    tokenIssuer: {
      issuer: 'https://issuer.test',
      sign: async (claims) => JSON.stringify(claims),
      verify: async () => undefined,
      jwks: () => ({ keys: [] }),
    },
  });
});
afterEach(async () => {
  await api.stop();
  expect(api.errors).toEqual([]);
});

async function node(name: string): Promise<void> {
  await api.send('POST', '/api/v1/nodes', { metadata: { name } });
  const status = {
    addresses: [
      { type: 'Hostname', address: name },
      { type: 'InternalIP', address: '10.0.0.5' },
    ],
    daemonEndpoints: { kubeletEndpoint: { Port: 10_255 } },
  };
  await api.send('PATCH', `/api/v1/nodes/${name}/status`, { status }, merge);
}

async function runningPod(
  name: string,
  status: object = {},
  spec: object = {},
  metadata: object = {},
): Promise<any> {
  await api.send('POST', pods, podNamed(name, { spec: { nodeName: 'n1', ...spec }, metadata }));
  return api.send('PATCH', `${pods}/${name}/status`, { status: { phase: 'Running', ...status } }, merge);
}

describe('binding', () => {
  const binding = (target: object, metadata: object = {}) => ({
    metadata: { name: 'p', ...metadata },
    target,
  });

  test('gives the pod its node', async () => {
    await api.send('POST', pods, podNamed('p'));
    const answer = await api.call('POST', `${pods}/p/binding`, {
      body: binding({ kind: 'Node', name: 'n1' }, { annotations: { by: 'me' }, labels: { zone: 'z' } }),
    });
    expect(answer).toMatchObject({ status: 201, object: { kind: 'Status', status: 'Success' } });
    const pod = await api.send('GET', `${pods}/p`);
    expect(pod.spec.nodeName).toBe('n1');
    expect(pod.metadata.managedFields).toHaveLength(1);
    expect(pod.metadata).toMatchObject({ annotations: { by: 'me' }, labels: { zone: 'z' } });
    expect(pod.status.conditions).toEqual([
      { type: 'PodScheduled', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' },
    ]);
    expect((await api.refusal('POST', `${pods}/p/binding`, binding({ name: 'n2' }))).message).toBe(
      'Operation cannot be fulfilled on pods/binding "p": pod p is already assigned to node "n1"',
    );
  });

  test('the old way, with the pod in the body', async () => {
    await api.send('POST', pods, podNamed('p'));
    await api.send('POST', '/api/v1/namespaces/default/bindings', binding({ name: 'n1' }));
    expect((await api.send('GET', `${pods}/p`)).spec.nodeName).toBe('n1');
  });

  test('what it refuses', async () => {
    await api.send(
      'POST',
      pods,
      podNamed('p', { spec: { schedulingGates: [{ name: 'test.example/wait' }] } }),
    );
    const refused = async (body: object) => (await api.refusal('POST', `${pods}/p/binding`, body)).message;
    expect(await refused(binding({ name: 'n1' }))).toContain('has non-empty .spec.schedulingGates');
    expect(await refused(binding({ name: 'n1' }, { uid: 'other' }))).toContain('UID in precondition: other');
    expect(await refused(binding({ kind: 'Pod', name: 'n1' }))).toContain('target.kind: Unsupported value');
    expect(await refused(binding({}))).toContain('target.name: Required value');
    expect(
      await api.refusal('POST', `${pods}/none/binding`, binding({ name: 'n1' }, { name: 'none' })),
    ).toMatchObject({ code: 404 });
    expect(await api.refusal('POST', `${pods}/p/binding`, { target: { name: 'n1' } })).toMatchObject({
      code: 400,
      message: 'name in URL does not match name in Binding object',
    });
  });
});

describe('eviction', () => {
  const evict = (name: string, body: object = {}) =>
    api.call('POST', `${pods}/${name}/eviction`, { body: { metadata: { name }, ...body } }) as any;
  const ready = { conditions: [{ type: 'Ready', status: 'True' }] };
  const budgets = '/apis/policy/v1/namespaces/default/poddisruptionbudgets';

  async function budget(status: object): Promise<void> {
    await api.send('POST', budgets, {
      metadata: { name: 'b' },
      spec: { minAvailable: 1, selector: { matchLabels: { app: 'x' } } },
    });
    const whole = {
      observedGeneration: 1,
      expectedPods: 2,
      currentHealthy: 2,
      desiredHealthy: 1,
      disruptionsAllowed: 0,
      ...status,
    };
    await api.send('PATCH', `${budgets}/b/status`, { status: whole }, merge);
  }

  test('marks the pod and deletes it', async () => {
    await runningPod('p', ready);
    expect(await evict('p')).toMatchObject({ status: 201, object: { status: 'Success' } });
    const pod = await api.send('GET', `${pods}/p`);
    expect(pod.metadata.deletionTimestamp).toBeDefined();
    expect(pod.status.conditions.find((each: any) => each.type === 'DisruptionTarget')).toMatchObject({
      status: 'True',
      reason: 'EvictionByEvictionAPI',
    });
  });

  test('a budget that allows one is charged for it', async () => {
    await runningPod('p', ready, {}, { labels: { app: 'x' } });
    await runningPod('q', ready, {}, { labels: { app: 'x' } });
    await budget({ disruptionsAllowed: 1 });
    expect(await evict('p')).toMatchObject({ status: 201 });
    expect((await api.send('GET', `${budgets}/b`)).status).toMatchObject({
      disruptionsAllowed: 0,
      disruptedPods: { p: '2026-01-01T00:00:00Z' },
    });
    const refused = await evict('q');
    expect(refused.object).toMatchObject({
      code: 429,
      reason: 'TooManyRequests',
      message: "Cannot evict pod as it would violate the pod's disruption budget.",
    });
    expect(refused.object.details.causes[0].reason).toBe('DisruptionBudget');
  });

  test('a budget that its controller has not seen yet', async () => {
    await runningPod('p', ready, {}, { labels: { app: 'x' } });
    await budget({ observedGeneration: 0, disruptionsAllowed: 1 });
    expect((await evict('p')).object.details).toMatchObject({
      retryAfterSeconds: 10,
      causes: [{ message: 'The disruption budget b is still being processed by the server.' }],
    });
  });

  test('pods that are no disruption pass', async () => {
    await budget({});
    await runningPod(
      'sick',
      { conditions: [{ type: 'Ready', status: 'False' }] },
      {},
      { labels: { app: 'x' } },
    );
    await runningPod('done', { phase: 'Succeeded' }, {}, { labels: { app: 'x' } });
    for (const name of ['sick', 'done']) expect(await evict(name)).toMatchObject({ status: 201 });
  });

  test('dry run, preconditions, names', async () => {
    await runningPod('p', ready);
    expect(await evict('p', { deleteOptions: { dryRun: ['All'] } })).toMatchObject({ status: 201 });
    expect((await api.send('GET', `${pods}/p`)).metadata.deletionTimestamp).toBeUndefined();
    expect(await evict('p', { deleteOptions: { preconditions: { uid: 'other' } } })).toMatchObject({
      status: 409,
    });
    expect(await evict('p', { metadata: { name: 'q' } })).toMatchObject({ status: 400 });
    const old = { apiVersion: 'policy/v1beta1', kind: 'Eviction', deleteOptions: { dryRun: ['All'] } };
    expect(await evict('p', old)).toMatchObject({ status: 201 });
    expect(await evict('p', { ...old, apiVersion: 'policy/v1beta2' })).toMatchObject({ status: 400 });
    expect(await evict('none')).toMatchObject({ status: 404 });
  });
});

describe('tokens', () => {
  const path = '/api/v1/namespaces/default/serviceaccounts';
  beforeEach(() => api.send('POST', path, { metadata: { name: 'bot' } }));

  test('name the account, and the pod that they are bound to', async () => {
    await runningPod('p', {}, { serviceAccountName: 'bot' });
    const boundObjectRef = { kind: 'Pod', apiVersion: 'v1', name: 'p' };
    const answer = await api.send('POST', `${path}/bot/token`, {
      spec: { audiences: ['vault'], expirationSeconds: 600, boundObjectRef },
    });
    expect(answer.status.expirationTimestamp).toBe('2026-01-01T00:10:00Z');
    const now = Date.UTC(2026, 0, 1) / 1000;
    expect(JSON.parse(answer.status.token)).toMatchObject({
      sub: 'system:serviceaccount:default:bot',
      aud: ['vault'],
      iss: 'https://issuer.test',
      iat: now,
      exp: now + 600,
      'kubernetes.io': {
        namespace: 'default',
        serviceaccount: { name: 'bot' },
        pod: { name: 'p' },
        node: { name: 'n1' },
      },
    });
  });

  test('live an hour unless asked otherwise', async () => {
    const answer = await api.send('POST', `${path}/bot/token`, {});
    expect(answer.spec).toMatchObject({ expirationSeconds: 3600, audiences: ['https://issuer.test'] });
  });

  test('what is refused', async () => {
    const refused = (spec: object) => api.refusal('POST', `${path}/bot/token`, { spec });
    expect((await refused({ expirationSeconds: 10 })).message).toContain(
      'may not specify a duration less than 10 minutes',
    );
    expect(await refused({ boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'none' } })).toMatchObject({
      code: 404,
    });
    expect(
      await refused({ boundObjectRef: { kind: 'Job', apiVersion: 'batch/v1', name: 'x' } }),
    ).toMatchObject({ code: 400 });
    await api.send('POST', pods, podNamed('p', { spec: { serviceAccountName: 'other' } }));
    expect(
      (await refused({ boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'p' } })).message,
    ).toContain('to pod running with different serviceaccount name');
    expect(await api.refusal('POST', `${path}/none/token`, {})).toMatchObject({ code: 404 });
  });
});

describe('the way to the kubelet', () => {
  const target = async (method: string, path: string) => {
    const result: any = await api.call(method, path);
    if (result.type !== 'proxy') return result;
    const { url, as, protocol } = result.target;
    return `${as} ${protocol} ${url.href}`;
  };

  beforeEach(() => node('n1'));

  test('logs', async () => {
    await runningPod('p');
    expect(await target('GET', `${pods}/p/log?follow=true&tailLines=5&sinceSeconds=3`)).toBe(
      'kubelet http https://10.0.0.5:10255/containerLogs/default/p/c?follow=true&sinceSeconds=3&tailLines=5',
    );
    expect(await api.refusal('GET', `${pods}/p/log?tailLines=-1`)).toMatchObject({ code: 400 });
    await api.send('POST', pods, podNamed('q'));
    expect(await api.call('GET', `${pods}/q/log`)).toMatchObject({ type: 'raw', body: '' });
  });

  test('exec, attach, port-forward', async () => {
    await runningPod('p');
    expect(await target('POST', `${pods}/p/exec?command=ls&command=-l&stdout=true&tty=1&stdin=false`)).toBe(
      'kubelet exec https://10.0.0.5:10255/exec/default/p/c?output=1&tty=1&command=ls&command=-l',
    );
    expect(await target('POST', `${pods}/p/attach?stderr=true&container=c`)).toBe(
      'kubelet attach https://10.0.0.5:10255/attach/default/p/c?error=1',
    );
    expect(await target('POST', `${pods}/p/portforward?ports=80,81`)).toBe(
      'kubelet portforward https://10.0.0.5:10255/portForward/default/p?port=80&port=81',
    );
    expect((await api.refusal('POST', `${pods}/p/exec?stdout=true`)).message).toContain('at least 1 command');
    expect((await api.refusal('POST', `${pods}/p/exec?container=x&command=ls`)).message).toBe(
      'container x is not valid for pod p',
    );
  });

  test('a container has to be named where there are several', async () => {
    const containers = [
      { name: 'a', image: 'registry.test/a:1' },
      { name: 'b', image: 'registry.test/b:1' },
    ];
    await runningPod('p', {}, { containers, initContainers: [{ name: 'i', image: 'registry.test/i:1' }] });
    expect((await api.refusal('GET', `${pods}/p/log`)).message).toBe(
      'a container name must be specified for pod p, choose one of: [i a b]',
    );
  });

  test('reading is not enough to run commands', async () => {
    await runningPod('p');
    const reader = await startTestServer({
      store: api.store,
      authorizers: [
        {
          name: 'read',
          authorize: ({ user, verb }) => ({
            decision:
              user.username === 'admin' || user.groups?.includes('system:masters') || verb === 'get'
                ? 'allow'
                : 'none',
            reason: '',
          }),
        },
      ],
    });
    const options = { user: { username: 'x' } };
    expect(await reader.refusal('GET', `${pods}/p/exec?command=ls`, undefined, options)).toMatchObject({
      code: 403,
    });
    expect(await reader.call('GET', `${pods}/p/exec?command=ls`)).toMatchObject({ type: 'proxy' });
    await reader.stop();
  });

  test('proxies of pods, nodes and services', async () => {
    const ports = [{ containerPort: 8080 }];
    await runningPod(
      'p',
      { podIP: '10.244.0.9', podIPs: [{ ip: '10.244.0.9' }] },
      { containers: [{ name: 'c', image: 'registry.test/c:1', ports }] },
    );
    expect(await target('GET', `${pods}/p/proxy/a/b?x=1`)).toBe('plain http http://10.244.0.9:8080/a/b?x=1');
    expect(await target('POST', `${pods}/https:p:444/proxy/`)).toBe('plain http https://10.244.0.9:444/');
    expect(await target('GET', '/api/v1/nodes/n1/proxy/stats/summary')).toBe(
      'kubelet http https://10.0.0.5:10255/stats/summary',
    );
    expect(await target('GET', '/api/v1/nodes/n1:9100/proxy/metrics')).toBe(
      'plain http http://10.0.0.5:9100/metrics',
    );
    const services = '/api/v1/namespaces/default/services';
    await api.send('POST', services, {
      metadata: { name: 's' },
      spec: { ports: [{ name: 'web', port: 80, targetPort: 8080 }] },
    });
    expect(await api.refusal('GET', `${services}/s:80/proxy/x`)).toMatchObject({
      code: 503,
      message: 'no endpoints available for service "s:80"',
    });
    await api.send('POST', '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices', {
      metadata: { name: 's-1', labels: { 'kubernetes.io/service-name': 's' } },
      addressType: 'IPv4',
      ports: [{ name: 'web', port: 8080 }],
      endpoints: [
        {
          addresses: ['10.244.0.9'],
          conditions: { ready: true },
          targetRef: { kind: 'Pod', namespace: 'default', name: 'p' },
        },
        { addresses: ['10.9.9.9'], conditions: { ready: true } },
      ],
    });
    for (const id of ['s:80', 's:web'])
      expect(await target('GET', `${services}/${id}/proxy/x`)).toBe('plain http http://10.244.0.9:8080/x');
    expect(await api.refusal('GET', `${services}/s:81/proxy/x`)).toMatchObject({ code: 503 });
  });

  test('a proxy path without its slash is sent to the one with it', async () => {
    await runningPod('p', { podIP: '10.1.2.3', podIPs: [{ ip: '10.1.2.3' }] });
    expect(await api.call('GET', `${pods}/p/proxy?a=b`)).toMatchObject({
      type: 'raw',
      status: 301,
      headers: { location: `${pods}/p/proxy/?a=b` },
    });
  });

  test("addresses of the server's own machine are no pods", async () => {
    await runningPod('p', { podIP: '127.0.0.1', podIPs: [{ ip: '127.0.0.1' }] });
    expect(await api.refusal('GET', `${pods}/p/proxy/`)).toMatchObject({
      code: 400,
      message: 'address not allowed',
    });
  });
});
