import { describe, expect, test } from 'vitest';
import { findResource } from '../resources.ts';
import { create, row, stored, update } from '../testing.ts';

const kind = (resource: string) => findResource('rbac.authorization.k8s.io', resource)!;
const [role, clusterRole] = [kind('roles'), kind('clusterroles')];
const [roleBinding, clusterRoleBinding] = [kind('rolebindings'), kind('clusterrolebindings')];
const pods = { apiGroups: [''], resources: ['pods'], verbs: ['get'] };

describe('roles', () => {
  const refusal = (...rules: object[]) => create(role, { rules }).errors.join('\n');

  test('say what, and what may be done', () => {
    expect(refusal(pods)).toBe('');
    expect(refusal({ ...pods, verbs: [] })).toMatchInlineSnapshot(
      `"rules[0].verbs: Required value: verbs must contain at least one value"`,
    );
    expect(refusal({ ...pods, apiGroups: undefined })).toMatchInlineSnapshot(
      `"rules[0].apiGroups: Required value: resource rules must supply at least one api group"`,
    );
    expect(refusal({ ...pods, resources: [] })).toMatchInlineSnapshot(
      `"rules[0].resources: Required value: resource rules must supply at least one resource"`,
    );
    expect(refusal({ nonResourceURLs: ['/healthz'], verbs: ['get'] })).toMatchInlineSnapshot(
      `"rules[0].nonResourceURLs: Invalid value: ["/healthz"]: namespaced rules cannot apply to non-resource URLs"`,
    );
    expect(
      create(clusterRole, { rules: [{ nonResourceURLs: ['/healthz'], verbs: ['get'] }] }).errors,
    ).toEqual([]);
    expect(
      create(clusterRole, { rules: [{ ...pods, nonResourceURLs: ['/a'] }] }).errors.join('\n'),
    ).toMatchInlineSnapshot(
      `"rules[0].nonResourceURLs: Invalid value: ["/a"]: rules cannot apply to both regular resources and non-resource URLs"`,
    );
  });

  test('of clusters may be put together of others', () => {
    const given = (selector: object) => ({ aggregationRule: { clusterRoleSelectors: [selector] } });
    expect(create(clusterRole, given({ matchLabels: { a: 'b' } })).errors).toEqual([]);
    expect(
      create(clusterRole, { aggregationRule: { clusterRoleSelectors: [] } }).errors.join('\n'),
    ).toMatchInlineSnapshot(
      `"aggregationRule.clusterRoleSelectors: Required value: at least one clusterRoleSelector required if aggregationRule is non-nil"`,
    );
  });

  test('have names with colons', () => {
    expect(create(clusterRole, { metadata: { name: 'system:node' }, rules: [] }).errors).toEqual([]);
    expect(
      create(clusterRole, { metadata: { name: 'a/b' }, rules: [] }).errors.join('\n'),
    ).toMatchInlineSnapshot(`"metadata.name: Invalid value: "a/b": may not contain '/'"`);
  });

  test('are shown with the time of their creation', () => {
    expect(row(role, create(role, { rules: [] }).object)).toEqual({
      Name: 'x',
      'Created At': '2026-01-01T00:00:00Z',
    });
  });
});

describe('bindings', () => {
  const given = (change: object = {}) => ({
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
    subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'jane' }],
    ...change,
  });
  const refusal = (change: object) => create(roleBinding, given(change)).errors.join('\n');

  test('defaults', () => {
    const { object } = create(roleBinding, {
      roleRef: { kind: 'Role', name: 'view' },
      subjects: [
        { kind: 'User', name: 'jane' },
        { kind: 'Group', name: 'shop' },
        { kind: 'ServiceAccount', name: 'a' },
      ],
    });
    const apiGroup = 'rbac.authorization.k8s.io';
    expect(object.roleRef.apiGroup).toBe(apiGroup);
    expect(object.subjects.map((subject: any) => subject.apiGroup)).toEqual([apiGroup, apiGroup, undefined]);
  });

  test('name somebody and something', () => {
    expect(refusal({ roleRef: { kind: 'Roll', name: 'a' } })).toMatchInlineSnapshot(
      `"roleRef.kind: Unsupported value: "Roll": supported values: "Role", "ClusterRole""`,
    );
    expect(refusal({ roleRef: { kind: 'Role', name: '' } })).toMatchInlineSnapshot(
      `"roleRef.name: Required value"`,
    );
    expect(refusal({ roleRef: { apiGroup: 'mine', kind: 'Role', name: 'a' } })).toMatchInlineSnapshot(
      `"roleRef.apiGroup: Unsupported value: "mine": supported values: "rbac.authorization.k8s.io""`,
    );
    expect(refusal({ subjects: [{ kind: 'User', name: '' }] })).toMatchInlineSnapshot(
      `"subjects[0].name: Required value"`,
    );
    expect(refusal({ subjects: [{ kind: 'Robot', name: 'a' }] })).toMatchInlineSnapshot(
      `"subjects[0].kind: Unsupported value: "Robot": supported values: "ServiceAccount", "User", "Group""`,
    );
    expect(
      refusal({ subjects: [{ kind: 'ServiceAccount', name: 'A', namespace: 'b' }] }),
    ).toMatchInlineSnapshot(
      `"subjects[0].name: Invalid value: "A": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"`,
    );
    expect(
      create(clusterRoleBinding, given({ subjects: [{ kind: 'ServiceAccount', name: 'a' }] })).errors.join(
        '\n',
      ),
    ).toMatchInlineSnapshot(`"subjects[0].namespace: Required value"`);
    expect(
      create(clusterRoleBinding, given({ roleRef: { kind: 'Role', name: 'a' } })).errors.join('\n'),
    ).toMatchInlineSnapshot(`"roleRef.kind: Unsupported value: "Role": supported values: "ClusterRole""`);
  });

  test('keep their role', () => {
    const old = stored(roleBinding, given());
    expect(
      update(roleBinding, old, (next) => (next.roleRef.name = 'edit')).errors.join('\n'),
    ).toMatchInlineSnapshot(
      `"roleRef: Invalid value: {"APIGroup":"rbac.authorization.k8s.io","Kind":"ClusterRole","Name":"edit"}: cannot change roleRef"`,
    );
    expect(update(roleBinding, old, (next) => (next.subjects = [])).errors).toEqual([]);
  });

  test('are shown', () => {
    const subjects = [
      { kind: 'User', name: 'jane' },
      { kind: 'Group', name: 'shop' },
      { kind: 'ServiceAccount', name: 'builder', namespace: 'ci' },
    ];
    expect(row(roleBinding, create(roleBinding, given({ subjects })).object)).toMatchObject({
      Role: 'ClusterRole/view',
      Users: 'jane',
      Groups: 'shop',
      ServiceAccounts: 'ci/builder',
    });
  });
});
