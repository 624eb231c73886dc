import { expect, test } from 'vitest';
import { typeNames, typeOfKind, typeSchema } from './find_type.ts';

test.each([
  ['', 'v1', 'Pod', 'core.v1.Pod'],
  ['apps', 'v1', 'Deployment', 'apps.v1.Deployment'],
  ['rbac.authorization.k8s.io', 'v1', 'ClusterRoleList', 'rbac.v1.ClusterRoleList'],
  ['admission.k8s.io', 'v1', 'AdmissionReview', 'admission.v1.AdmissionReview'],
  ['policy', 'v1', 'DeleteOptions', 'meta.v1.DeleteOptions'],
  ['', 'v1', 'Status', 'meta.v1.Status'],
  ['meta.k8s.io', 'v1', 'PartialObjectMetadata', 'meta.v1.PartialObjectMetadata'],
  ['example.com', 'v1', 'Status', undefined],
  ['', 'v1', 'Nothing', undefined],
])('%s/%s %s is %s', (group, version, kind, type) => {
  expect(typeOfKind(group, version, kind)).toBe(type);
});

test('tables are parsed once', () => {
  expect(typeSchema('core.v1.Pod')).toBe(typeSchema('core.v1.Pod'));
  expect(typeSchema('core.v1.Pod')!.fields!['spec']).toMatchObject({ type: 'core.v1.PodSpec', n: 2 });
  expect(typeSchema('constructor')).toBeUndefined();
});

test('every type that a field has is there', () => {
  const scalars = new Set(['string', 'bytes', 'bool', 'int32', 'int64', 'double']);
  for (const name of typeNames()) {
    for (const [key, field] of Object.entries(typeSchema(name)!.fields ?? {})) {
      expect(scalars.has(field.type) || typeSchema(field.type), `${name}.${key}`).toBeTruthy();
    }
  }
});
