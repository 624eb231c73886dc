import { unauthorized } from '@kubets/api';
import { afterEach, describe, expect, test } from 'vitest';
import type { Attributes } from './access.ts';
import type { AuditEvent } from './filters/audit.ts';
import { configMapNamed, startTestServer, type TestServer } from './testing/test_server.ts';

let api: TestServer;

afterEach(async () => {
  await api.stop();
});

const tokens = {
  name: 'tokens',
  authenticate: ({ headers }: { headers: Readonly<Record<string, string>> }) => {
    if (headers['authorization'] === 'Bearer good') return { username: 'jane', groups: ['dev'] };
    if (headers['authorization'] === 'Bearer broken') throw unauthorized('Unauthorized');
    return undefined;
  },
};
const bearer = (token: string) => ({ user: null, headers: { authorization: `Bearer ${token}` } });

describe('authentication', () => {
  test('tokens, nobody, and tokens that nobody knows', async () => {
    api = await startTestServer({ authenticators: [tokens] });
    const whoami = async (options: object) =>
      (await api.send('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {}, options)).status
        .userInfo;
    expect(await whoami(bearer('good'))).toEqual({
      username: 'jane',
      groups: ['dev', 'system:authenticated'],
    });
    expect(await whoami({ user: null })).toEqual({
      username: 'system:anonymous',
      groups: ['system:unauthenticated'],
    });
    for (const token of ['bad', 'broken'])
      expect(await api.refusal('GET', '/api/v1/nodes/n', undefined, bearer(token))).toMatchObject({
        code: 401,
        reason: 'Unauthorized',
      });
  });
});

describe('authorization', () => {
  const asked: Attributes[] = [];
  const ask = {
    name: 'ask',
    authorize: (attributes: Attributes) => {
      asked.push(attributes);
      const allowed = attributes.user.groups?.includes('system:masters') || attributes.verb === 'impersonate';
      return { decision: allowed ? ('allow' as const) : ('none' as const), reason: '' };
    },
  };
  const user = { username: 'x' };
  const message = async (method: string, path: string) =>
    (await api.refusal(method, path, undefined, { user })).message;

  test('says who may not do what, where', async () => {
    api = await startTestServer({ authorizers: [ask] });
    expect(await message('GET', '/api/v1/namespaces/default/pods')).toBe(
      'pods is forbidden: User "x" cannot list resource "pods" in API group "" in the namespace "default"',
    );
    expect(await message('GET', '/apis/apps/v1/deployments')).toBe(
      'deployments.apps is forbidden: User "x" cannot list resource "deployments" in API group "apps" at the cluster scope',
    );
    expect(await message('PUT', '/api/v1/namespaces/default/pods/p/status')).toBe(
      'pods "p" is forbidden: User "x" cannot update resource "pods/status" in API group "" in the namespace "default"',
    );
    expect(await message('GET', '/metrics')).toBe('forbidden: User "x" cannot get path "/metrics"');
  });

  test('a reason is told', async () => {
    api = await startTestServer({
      authorizers: [
        {
          name: 'no',
          authorize: ({ user }) => ({
            decision: user.username === 'x' ? 'deny' : 'allow',
            reason: 'because',
          }),
        },
      ],
    });
    expect(await message('GET', '/api/v1/nodes/n')).toBe(
      'nodes "n" is forbidden: User "x" cannot get resource "nodes" in API group "" at the cluster scope: because',
    );
  });

  test('impersonation asks for each part of who one wants to be', async () => {
    api = await startTestServer({ authorizers: [ask] });
    asked.length = 0;
    const headers = {
      'impersonate-user': 'jane',
      'impersonate-group': 'dev, ops',
      'impersonate-extra-scopes': 'all',
      'impersonate-uid': '7',
    };
    const refused = await api.refusal('GET', '/api/v1/nodes/n', undefined, { headers });
    expect(refused.message).toContain('User "jane" cannot get');
    const questions = asked.filter(({ verb }) => verb.startsWith('impersonate'));
    expect(
      questions.map(({ verb, resource, name, subresource }) => [verb, resource, name, subresource]),
    ).toEqual([
      ['impersonate-on:user-info:get', 'nodes', 'n', ''],
      ['impersonate:user-info', 'users', 'jane', ''],
      ['impersonate:user-info', 'uids', '7', ''],
      ['impersonate:user-info', 'groups', 'dev', ''],
      ['impersonate:user-info', 'groups', 'ops', ''],
      ['impersonate:user-info', 'userextras', 'all', 'scopes'],
    ]);
    // Who may not have the wider right is told of the narrower one.
    const denied = await api.refusal('GET', '/api/v1/nodes/n', undefined, { user, headers: { ...headers } });
    expect(denied.message).toContain('User "jane" cannot get');
    const other = { 'impersonate-user': 'system:serviceaccount:a:b' };
    const nobody = { username: 'x', groups: ['system:masters'] };
    asked.length = 0;
    await api.refusal('GET', '/api/v1/nodes/n', undefined, { user: nobody, headers: other });
    expect(asked.map(({ verb }) => verb).slice(0, 2)).toEqual([
      'impersonate-on:serviceaccount:get',
      'impersonate:serviceaccount',
    ]);
    expect(
      await api.refusal('GET', '/api/v1/nodes/n', undefined, { headers: { 'impersonate-group': 'dev' } }),
    ).toMatchObject({
      code: 400,
      message:
        'requested &user.DefaultInfo{Name:"", UID:"", Groups:[]string{"dev"}, Extra:map[string][]string(nil)} without impersonating a user name',
    });
  });
});

describe('errors', () => {
  test('paths, methods and resources that do not exist', async () => {
    api = await startTestServer();
    const message = 'the server could not find the requested resource';
    for (const path of [
      '/api/v1/things',
      '/apis/apps/v1/pods',
      '/api/v1/pods/p',
      '/api/v1/namespaces/d/nodes',
      '/api/v1/namespaces/d/pods/p/nothing',
    ])
      expect(await api.refusal('GET', path)).toMatchObject({ code: 404, message });
    for (const path of ['/nothing', '/apis/none', '/apis/none/v1', '/apis/none/v1/pods'])
      expect(await api.call('GET', path)).toMatchObject({ status: 404, body: '404 page not found\n' });
    expect(await api.refusal('POST', '/api/v1/pods', {})).toMatchObject({ code: 405 });
    expect(await api.refusal('PATCH', '/api/v1/namespaces/d/pods', {})).toMatchObject({ code: 405 });
    expect(await api.refusal('TRACE', '/api/v1/nodes/n')).toMatchObject({ code: 405 });
  });

  test('a bug is a 500 and a line in the log, not the end', async () => {
    api = await startTestServer({
      admission: [
        {
          name: 'bug',
          handles: ({ resource }) => resource === 'configmaps',
          admit: () => {
            throw new TypeError('oops');
          },
        },
      ],
    });
    const refused = await api.refusal('POST', '/api/v1/namespaces/default/configmaps', configMapNamed('a'));
    expect(refused).toMatchObject({
      code: 500,
      reason: 'InternalError',
      message: 'Internal error occurred: oops',
    });
    expect(api.errors[0]).toContain('request failed');
  });
});

test('admission mutates, then validates what will be written, and warns', async () => {
  const seen: string[] = [];
  api = await startTestServer({
    admission: [
      {
        name: 'label',
        handles: ({ resource }) => resource === 'configmaps',
        admit: (request) => {
          seen.push(`admit ${request.operation} ${request.name}`);
          if (request.object) request.object.metadata.labels = { by: request.user.username };
          request.warn('careful');
        },
        validate: (request) => {
          seen.push(`validate ${request.operation} ${(request.object ?? request.old).metadata.labels.by}`);
        },
      },
    ],
  });
  // What the server makes for itself at its start is admitted too.
  seen.length = 0;
  const path = '/api/v1/namespaces/default/configmaps';
  const result: any = await api.call('POST', path, { body: configMapNamed('a') });
  expect(result.object.metadata.labels).toEqual({ by: 'admin' });
  expect(result.warnings).toEqual(['careful']);
  await api.send('DELETE', `${path}/a`);
  expect(seen).toEqual([
    'admit CREATE a',
    'validate CREATE admin',
    'admit DELETE a',
    'validate DELETE admin',
  ]);
});

test('too many at once wait for their turn, but not masters', async () => {
  let release = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  api = await startTestServer({
    limits: { maxInFlight: 0, maxMutatingInFlight: 1 },
    admission: [{ name: 'slow', handles: ({ user }) => user.username === 'jane', admit: () => gate }],
  });
  const user = { username: 'jane' };
  const path = '/api/v1/namespaces/default/configmaps';
  const done: string[] = [];
  const make = (name: string) =>
    api.send('POST', path, configMapNamed(name), { user }).then(() => done.push(name));
  // The objects of the cluster are in force a moment after they are there.
  await api.clock.advance(1_000);
  const both = [make('a'), make('b')];
  await api.send('POST', path, configMapNamed('c'));
  const metrics: any = await api.call('GET', '/metrics');
  const labels = 'flow_schema="global-default",priority_level="global-default"';
  expect(metrics.body).toContain(`apiserver_flowcontrol_current_inqueue_requests{${labels}} 1`);
  expect(done).toEqual([]);
  release();
  await Promise.all(both);
  expect(done).toEqual(['a', 'b']);
});

test('each answered request is told to the audit hook once', async () => {
  const events: AuditEvent[] = [];
  api = await startTestServer({ audit: (event) => events.push(event) });
  events.length = 0;
  await api.call('GET', '/api/v1/nodes/n');
  expect(events.map(({ call, code }) => [call.info.verb, call.user.username, code])).toEqual([
    ['get', 'admin', 404],
  ]);
});

test('deprecated APIs come with a warning', async () => {
  api = await startTestServer();
  const result: any = await api.call('GET', '/api/v1/namespaces/default/endpoints');
  expect(result.warnings).toEqual([
    'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  ]);
});

test('a request has a time limit, its own or the server’s', async () => {
  let release = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  api = await startTestServer({
    limits: { requestMs: 5_000 },
    admission: [{ name: 'slow', handles: ({ user }) => user.username === 'jane', admit: () => gate }],
  });
  const configMaps = '/api/v1/namespaces/default/configmaps';
  expect(await api.refusal('GET', '/version?timeout=soon')).toMatchObject({
    code: 400,
    message: 'invalid timeout specified in the request URL - time: invalid duration "soon"',
  });
  for (const timeout of ['0s', '1h', '-1s', '10s']) await api.call('GET', `${configMaps}?timeout=${timeout}`);
  for (const [timeout, ms] of [
    ['2s', 2_000],
    ['1h', 5_000],
  ] as const) {
    const late = api.refusal('POST', `${configMaps}?timeout=${timeout}`, configMapNamed(timeout), {
      user: { username: 'jane' },
    });
    await api.clock.advance(ms);
    expect(await late).toMatchObject({
      code: 504,
      message: 'Timeout: request did not complete within the allotted timeout',
    });
  }
  release();
});
