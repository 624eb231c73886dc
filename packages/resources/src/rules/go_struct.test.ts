import { typeSchema } from '@kubets/api';
import { expect, test } from 'vitest';
import { goJsonEscapes, goStruct, goStructs } from './go_struct.ts';
import { goStructLines } from './go_struct_fields.ts';

const cases: [type: string, value: object, json: string][] = [
  [
    'core.v1.PodResourceClaim',
    { name: 'a' },
    '{"Name":"a","ResourceClaimName":null,"ResourceClaimTemplateName":null}',
  ],
  [
    'core.v1.ContainerPort',
    { containerPort: 80 },
    '{"Name":"","HostPort":0,"ContainerPort":80,"Protocol":"","HostIP":""}',
  ],
  ['apps.v1.DeploymentStrategy', { type: 'Slow' }, '{"Type":"Slow","RollingUpdate":null}'],
  [
    'core.v1.AzureDiskVolumeSource',
    { diskURI: 'u' },
    '{"DiskName":"","DataDiskURI":"u","CachingMode":null,"FSType":null,"ReadOnly":null,"Kind":null}',
  ],
  [
    'core.v1.ResourceFieldSelector',
    { resource: 'cpu' },
    '{"ContainerName":"","Resource":"cpu","Divisor":"0"}',
  ],
  ['core.v1.ConfigMapKeySelector', { key: 'k', name: 'c' }, '{"Name":"c","Key":"k","Optional":null}'],
  [
    'meta.v1.LabelSelector',
    { matchExpressions: [{ values: ['v'], operator: 'In', key: 'k' }], matchLabels: { b: '2', a: '1' } },
    '{"matchLabels":{"a":"1","b":"2"},"matchExpressions":[{"key":"k","operator":"In","values":["v"]}]}',
  ],
];

test.each(cases)('%s', (type, value, json) => {
  expect(JSON.stringify(goStruct(value, type))).toBe(json);
});

test('the namespaces of the host stand in the security context', () => {
  const shown = goStruct({ hostNetwork: true, containers: [] }, 'core.v1.PodSpec') as Record<string, any>;
  expect(shown.SecurityContext).toMatchObject({ HostNetwork: true, HostPID: false, HostUsers: null });
  expect(Object.keys(shown).slice(0, 3)).toEqual(['Volumes', 'InitContainers', 'Containers']);
});

test('metadata of a template stands among its fields', () => {
  const shown = goStruct({ metadata: { labels: { a: 'b' } } }, 'core.v1.PodTemplateSpec') as object;
  expect(Object.keys(shown)).toEqual(['labels', 'Spec']);
});

test('nothing is null', () => {
  expect(goStruct(undefined, 'core.v1.PodSpec')).toBeNull();
  expect(goStructs(undefined, 'core.v1.Container')).toBeNull();
  expect(goJsonEscapes('"<&>"')).toBe('"\\u003c\\u0026\\u003e"');
});

test('every struct is one of a type of the API', () => {
  const types = goStructLines
    .trim()
    .split('\n')
    .map((line) => line.split(' ')[0]!);
  expect(types.filter((type) => !typeSchema(type))).toEqual([]);
  expect(types).toEqual([...new Set(types)]);
});
