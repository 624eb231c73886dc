import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Attributes } from '../access.ts';
import { startTestServer, type TestServer } from '../testing/test_server.ts';

const authorization = '/apis/authorization.k8s.io/v1';
let api: TestServer;
let asked: Attributes[];

beforeEach(async () => {
  asked = [];
  api = await startTestServer({
    authenticators: [
      {
        name: 'tokens',
        authenticate: ({ headers }) =>
          headers['authorization'] === 'Bearer good' ? { username: 'jane', groups: ['dev'] } : undefined,
      },
    ],
    authorizers: [
      {
        name: 'rules',
        authorize(attributes) {
          asked.push(attributes);
          if (attributes.user.username === 'jane')
            return { decision: attributes.verb === 'get' ? 'allow' : 'deny', reason: 'a rule' };
          return { decision: 'allow', reason: '' };
        },
        rulesFor: () => ({
          resourceRules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }],
          nonResourceRules: [],
        }),
      },
    ],
  });
});
afterEach(() => api.stop());

describe('access reviews', () => {
  const resourceAttributes = { verb: 'get', resource: 'pods', namespace: 'default' };

  test('of someone', async () => {
    const review = (spec: object) => api.send('POST', `${authorization}/subjectaccessreviews`, { spec });
    expect((await review({ user: 'jane', groups: ['dev'], resourceAttributes })).status).toEqual({
      allowed: true,
      reason: 'a rule',
    });
    expect(asked.at(-1)).toMatchObject({
      verb: 'get',
      resource: 'pods',
      namespace: 'default',
      isResourceRequest: true,
    });
    expect(
      (await review({ user: 'jane', nonResourceAttributes: { verb: 'post', path: '/x' } })).status,
    ).toEqual({
      allowed: false,
      denied: true,
      reason: 'a rule',
    });
    expect(asked.at(-1)).toMatchObject({ verb: 'post', path: '/x', isResourceRequest: false });
  });

  test('of oneself', async () => {
    const answer = await api.send('POST', `${authorization}/selfsubjectaccessreviews`, {
      spec: { resourceAttributes },
    });
    expect(answer.status).toEqual({ allowed: true });
    expect(asked.at(-1)!.user.username).toBe('admin');
  });

  test('within a namespace', async () => {
    const path = `${authorization}/namespaces/default/localsubjectaccessreviews`;
    expect(
      (await api.send('POST', path, { spec: { user: 'jane', resourceAttributes } })).status.allowed,
    ).toBe(true);
    const other = { user: 'jane', resourceAttributes: { ...resourceAttributes, namespace: 'other' } };
    expect((await api.refusal('POST', path, { spec: other })).message).toContain(
      'spec.resourceAttributes.namespace: Invalid value: "other": must match metadata.namespace',
    );
  });

  test('that ask nothing, or of nobody', async () => {
    expect(
      await api.refusal('POST', `${authorization}/subjectaccessreviews`, { spec: { user: 'x' } }),
    ).toMatchObject({ code: 422 });
    expect(
      await api.refusal('POST', `${authorization}/subjectaccessreviews`, { spec: { resourceAttributes } }),
    ).toMatchObject({ code: 422 });
  });

  test('rules', async () => {
    const path = `${authorization}/selfsubjectrulesreviews`;
    expect((await api.send('POST', path, { spec: { namespace: 'default' } })).status).toEqual({
      resourceRules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }],
      nonResourceRules: [],
      incomplete: false,
    });
    expect(await api.refusal('POST', path, {})).toMatchObject({ code: 400 });
  });
});

test('token reviews', async () => {
  const review = async (token: string) =>
    (await api.send('POST', '/apis/authentication.k8s.io/v1/tokenreviews', { spec: { token } })).status;
  expect(await review('good')).toEqual({
    authenticated: true,
    user: { username: 'jane', groups: ['dev', 'system:authenticated'] },
  });
  expect(await review('bad')).toEqual({ user: {}, error: 'invalid bearer token' });
});

test('component statuses', async () => {
  const result: any = await api.call('GET', '/api/v1/componentstatuses');
  expect(result).toMatchObject({
    type: 'list',
    kind: 'ComponentStatusList',
    warnings: ['v1 ComponentStatus is deprecated in v1.19+'],
  });
  expect((await api.send('GET', '/api/v1/componentstatuses/etcd-0')).conditions).toEqual([
    { type: 'Healthy', status: 'True', message: 'ok' },
  ]);
  const named = async (query: string) => {
    const { items }: any = await api.call('GET', `/api/v1/componentstatuses?${query}`);
    return items.map((item: any) => item.object.metadata.name);
  };
  expect(await named('fieldSelector=metadata.name=etcd-0')).toEqual(['etcd-0']);
  expect(await named('fieldSelector=metadata.name!=etcd-0')).toEqual(['controller-manager', 'scheduler']);
  expect(await named('labelSelector=a=b')).toEqual([]);
  expect(await api.refusal('GET', '/api/v1/componentstatuses?fieldSelector=spec.x=1')).toMatchObject({
    message: '"spec.x" is not a known field selector: only "metadata.name", "metadata.namespace"',
  });
  expect(await api.refusal('GET', '/api/v1/componentstatuses/nope')).toMatchObject({
    message: 'componentstatus "nope" not found',
  });
});

describe('health', () => {
  const text = async (path: string) => {
    const { status, body }: any = await api.call('GET', path);
    return `${status} ${body}`;
  };

  test('as a word, in detail, and each check', async () => {
    expect(await text('/healthz')).toBe('200 ok');
    const verbose = await text('/readyz?verbose');
    expect(verbose).toMatch(
      /^200 \[\+\]ping ok\n\[\+\]log ok\n\[\+\]etcd ok\n\[\+\]etcd-readiness ok\n\[\+\]informer-sync ok\n/,
    );
    expect(verbose).toMatch(/\[\+\]shutdown ok\nreadyz check passed\n$/);
    expect(verbose).toContain('[+]poststarthook/start-system-namespaces-controller ok\n');
    expect(await text('/livez?verbose')).not.toContain('informer-sync');
    expect(await text('/livez/etcd')).toBe('200 ok');
    expect(await text('/readyz?verbose&exclude=etcd')).toContain('[+]etcd excluded: ok');
    expect(await text('/readyz?verbose&exclude=foo&exclude=bar')).toContain(
      'warn: some health checks cannot be excluded: no matches for "bar","foo"\n',
    );
    expect(await text('/livez/nothing')).toBe('404 404 page not found\n');
  });

  test('a step of starting that is not done yet', async () => {
    const done = api.server.expect('rbac/bootstrap-roles');
    expect(await text('/readyz')).toContain(
      '[-]poststarthook/rbac/bootstrap-roles failed: reason withheld\n',
    );
    expect(await text('/readyz/poststarthook/rbac/bootstrap-roles')).toBe(
      '500 internal server error: not finished\n',
    );
    done();
    expect(await text('/readyz')).toBe('200 ok');
  });

  test('a server that stops is alive and not ready', async () => {
    await api.stop();
    expect(await text('/readyz')).toContain('[-]shutdown failed: reason withheld\n');
    expect(await text('/livez')).toBe('200 ok');
  });

  test('the outcome of checks is counted', async () => {
    await text('/livez');
    expect(await text('/metrics/slis')).toContain('kubernetes_healthcheck{name="etcd",type="livez"} 1\n');
  });

  test('a store that is away', async () => {
    api.store.revision = () => Promise.reject(new Error('away'));
    expect(await text('/readyz')).toContain('500 [+]ping ok\n[+]log ok\n[-]etcd failed: reason withheld');
    expect(await text('/livez/etcd')).toBe('500 internal server error: away\n');
  });
});

test('metrics have labels of the route table only', async () => {
  await api.call('GET', '/api/v1/namespaces/default/configmaps');
  await api.call('GET', '/api/v1/namespaces/default/evil%22name');
  const { body }: any = await api.call('GET', '/metrics');
  expect(body).toContain(
    'apiserver_request_total{code="200",component="apiserver",dry_run="",group="",resource="configmaps",scope="namespace",subresource="",verb="LIST",version="v1"} 1',
  );
  expect(body).toContain('apiserver_storage_objects{resource="namespaces"} 4');
  expect(body).not.toContain('evil');
});

test('version and root', async () => {
  const result: any = await api.call('GET', '/version');
  expect(JSON.parse(result.body)).toMatchObject({ major: '1', minor: '36', gitVersion: 'v1.36.0+kubets' });
  for (const path of ['/', '/index.html']) {
    const root: any = await api.call('GET', path);
    expect(JSON.parse(root.body).paths).toContain('/healthz');
  }
});
