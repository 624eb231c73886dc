import { expect, test } from 'vitest';
import { resetFieldsOf } from './reset_fields.ts';
import { findResource } from './resources.ts';

function shown(group: string, plural: string, path = ''): string {
  const resource = findResource(group, plural)!;
  const subresource = resource.subresources.find(({ name }) => name === path);
  expect(Boolean(subresource)).toBe(path !== '');
  return resetFieldsOf(resource, subresource)
    .map((fields) => fields.join('.'))
    .join(' ');
}

test.each([
  ['', 'configmaps', '', ''],
  ['', 'pods', '', 'status'],
  ['', 'pods', 'status', 'metadata.deletionTimestamp metadata.ownerReferences spec'],
  ['', 'namespaces', 'finalize', 'status'],
  ['', 'services', 'status', 'spec'],
  ['apps', 'deployments', 'status', 'metadata.labels spec'],
  ['apps', 'deployments', 'scale', ''],
  ['apps', 'statefulsets', 'status', 'spec'],
  ['storage.k8s.io', 'volumeattachments', 'status', 'metadata spec'],
  ['certificates.k8s.io', 'certificatesigningrequests', '', 'spec status'],
  ['certificates.k8s.io', 'certificatesigningrequests', 'approval', 'spec status.certificate'],
])('%s/%s %s resets %s', (group, plural, path, fields) => {
  expect(shown(group, plural, path)).toBe(fields);
});

test('the status of a custom resource is alone under its path', () => {
  const custom = { ...findResource('apps', 'deployments')!, type: 'example.com.v1.Thing' };
  custom.id = { ...custom.id, group: 'example.com', resource: 'things' };
  const status = custom.subresources.find(({ name }) => name === 'status');
  expect(resetFieldsOf(custom, status)).toEqual([['metadata'], ['spec']]);
});
