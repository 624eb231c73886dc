import { describe, expect, test } from 'vitest';
import type { Attributes, Reader } from '../../access.ts';
import { createRbacAuthorizer } from './rbac_authorizer.ts';

const objects: Record<string, any[]> = {
  clusterroles: [
    {
      metadata: { name: 'reader' },
      rules: [{ verbs: ['get', 'list'], apiGroups: [''], resources: ['pods'] }],
    },
    { metadata: { name: 'logs' }, rules: [{ verbs: ['get'], apiGroups: [''], resources: ['*/log'] }] },
    {
      metadata: { name: 'one' },
      rules: [{ verbs: ['update'], apiGroups: ['apps'], resources: ['deployments'], resourceNames: ['web'] }],
    },
    { metadata: { name: 'paths' }, rules: [{ verbs: ['get'], nonResourceURLs: ['/healthz', '/openapi/*'] }] },
  ],
  clusterrolebindings: [
    {
      metadata: { name: 'b1' },
      roleRef: { kind: 'ClusterRole', name: 'logs' },
      subjects: [{ kind: 'Group', name: 'ops' }],
    },
    {
      metadata: { name: 'b2' },
      roleRef: { kind: 'ClusterRole', name: 'paths' },
      subjects: [{ kind: 'User', name: 'ann' }],
    },
  ],
  roles: [],
  rolebindings: [
    {
      metadata: { name: 'r1', namespace: 'shop' },
      roleRef: { kind: 'ClusterRole', name: 'reader' },
      subjects: [{ kind: 'ServiceAccount', name: 'bot', namespace: 'ci' }],
    },
    {
      metadata: { name: 'r2', namespace: 'shop' },
      roleRef: { kind: 'ClusterRole', name: 'one' },
      subjects: [{ kind: 'User', name: 'ann' }],
    },
  ],
};
const reader: Reader = {
  get: (_group, resource, _namespace, name) => objects[resource]?.find((item) => item.metadata.name === name),
  list: (_group, resource, namespace) =>
    (objects[resource] ?? []).filter(
      (item) => namespace === undefined || item.metadata.namespace === namespace,
    ),
};
const authorizer = createRbacAuthorizer(reader);
const bot = { username: 'system:serviceaccount:ci:bot', groups: ['system:serviceaccounts'] };
const ann = { username: 'ann', groups: ['ops'] };
const base: Attributes = {
  user: ann,
  verb: 'get',
  resource: 'pods',
  subresource: '',
  group: '',
  version: 'v1',
  namespace: 'shop',
  name: 'p',
  path: '',
  isResourceRequest: true,
};

describe('RBAC', () => {
  test.each<[string, Partial<Attributes>, 'allow' | 'none']>([
    ['a service account reads where it is bound', { user: bot }, 'allow'],
    ['but not in another namespace', { user: bot, namespace: 'bank' }, 'none'],
    ['nor with another verb', { user: bot, verb: 'delete' }, 'none'],
    ['nor the resource of another group', { user: bot, group: 'metrics.k8s.io' }, 'none'],
    ['a subresource of any resource, by group', { subresource: 'log' }, 'allow'],
    ['not the resource itself', {}, 'none'],
    ['a named object', { verb: 'update', group: 'apps', resource: 'deployments', name: 'web' }, 'allow'],
    ['not another name', { verb: 'update', group: 'apps', resource: 'deployments', name: 'db' }, 'none'],
    ['a path', { isResourceRequest: false, path: '/healthz', namespace: '' }, 'allow'],
    ['a path below', { isResourceRequest: false, path: '/openapi/v3', namespace: '' }, 'allow'],
    ['not its parent', { isResourceRequest: false, path: '/metrics', namespace: '' }, 'none'],
  ])('%s', async (_what, change, decision) => {
    expect((await authorizer.authorize({ ...base, ...change })).decision).toBe(decision);
  });

  test('says why', async () => {
    const { reason } = await authorizer.authorize({ ...base, user: bot });
    expect(reason).toBe(
      'RBAC: allowed by RoleBinding "r1/shop" of ClusterRole "reader" to ServiceAccount "bot/ci"',
    );
  });
});
