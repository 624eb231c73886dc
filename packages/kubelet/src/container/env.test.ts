import type { Container, EnvVar, Pod, Service } from '@kubets/api';
import { notFound } from '@kubets/api';
import { describe, expect, test } from 'vitest';
import type { ReferencedObjects } from '../objects/referenced_objects.ts';
import { testContainer, testNode, testPod } from '../pod/fixtures.ts';
import { type EnvironmentOptions, environment } from './env.ts';
import { parseEnvFile } from './env_file.ts';
import { expandVariables } from './expand.ts';
import { availableTo, fieldValue, resourceValue } from './field_ref.ts';
import { serviceEnv } from './service_env.ts';

describe('expandVariables', () => {
  const values: Record<string, string> = { A: 'a', EMPTY: '', B: '$(A)' };
  test.each([
    ['$(A)', 'a'],
    ['x$(A)y$(A)', 'xaya'],
    ['$$(A)', '$(A)'],
    ['$$$(A)', '$a'],
    ['$(NONE)', '$(NONE)'],
    ['$(B)', '$(A)'],
    ['$(EMPTY)', ''],
    ['$(A', '$(A'],
    ['$A', '$A'],
    ['a$', 'a$'],
    ['$$', '$'],
  ])('%s -> %s', (text, expected) => {
    expect(expandVariables(text, (name) => values[name])).toBe(expected);
  });
});

describe('parseEnvFile', () => {
  const file = `# a comment\nA='one'\n  B='two words' # why\nC='first\nsecond'\nD= 'x'\nE=''\n`;
  test.each([
    ['A', 'one'],
    ['B', 'two words'],
    ['C', 'first\nsecond'],
    ['D', undefined],
    ['E', undefined],
    ['F', undefined],
  ])('%s', (name, expected) => {
    expect(parseEnvFile(file, name)).toBe(expected);
  });
  test.each([
    ['A=plain', 'line 1: value must be enclosed in single quotes'],
    ["A ='x'", "line 1: whitespace before '=' is not allowed"],
    ['nothing', "line 1: missing '='"],
    ["A='x", 'starting at line 1: unclosed single quote'],
    ["\nA='x' y", 'line 2: unexpected content after closing quote'],
  ])('%j is refused', (text, message) => {
    expect(() => parseEnvFile(text, 'A')).toThrow(message);
  });
});

describe('environment', () => {
  const objects = {
    async configMap(_namespace: string, name: string) {
      if (name !== 'settings') throw notFound({ group: '', resource: 'configmaps' }, name);
      return { data: { color: 'blue', shape: 'round' } };
    },
    async secret(_namespace: string, name: string) {
      if (name !== 'keys') throw notFound({ group: '', resource: 'secrets' }, name);
      return { data: { word: btoa('sesame') } };
    },
  } as unknown as ReferencedObjects;
  const resolve = async (container: Partial<Container>, more: Partial<EnvironmentOptions> = {}) =>
    Object.fromEntries(
      await environment({
        container: testContainer('app', container),
        facts: { pod: testPod(), podIPs: ['10.0.0.5', 'fd00::5'], hostIPs: ['192.168.0.1'] },
        objects,
        serviceEnv: new Map([['DB_SERVICE_HOST', '10.96.0.7']]),
        allocatable: testNode.capacity,
        readVolumeFile: async (_volume, path) => (path === 'env' ? "X='from a file'" : undefined),
        ...more,
      }),
    );

  test('values, references and services', async () => {
    const env: EnvVar[] = [
      { name: 'PLAIN', value: 'x' },
      { name: 'EMPTY' },
      { name: 'JOINED', value: '$(PLAIN)-$(DB_SERVICE_HOST)-$(NONE)' },
      { name: 'COLOR', valueFrom: { configMapKeyRef: { name: 'settings', key: 'color' } } },
      { name: 'WORD', valueFrom: { secretKeyRef: { name: 'keys', key: 'word' } } },
      { name: 'OPTIONAL', valueFrom: { secretKeyRef: { name: 'none', key: 'word', optional: true } } },
      { name: 'IPS', valueFrom: { fieldRef: { fieldPath: 'status.podIPs' } } },
      { name: 'MEM', valueFrom: { resourceFieldRef: { resource: 'limits.memory', divisor: '1Mi' } } },
      { name: 'FILE', valueFrom: { fileKeyRef: { volumeName: 'v', path: 'env', key: 'X' } } },
    ];
    expect(await resolve({ env, envFrom: [{ prefix: 'S_', configMapRef: { name: 'settings' } }] })).toEqual({
      S_color: 'blue',
      S_shape: 'round',
      PLAIN: 'x',
      EMPTY: '',
      JOINED: 'x-10.96.0.7-$(NONE)',
      COLOR: 'blue',
      WORD: 'sesame',
      IPS: '10.0.0.5,fd00::5',
      MEM: '8192',
      FILE: 'from a file',
      DB_SERVICE_HOST: '10.96.0.7',
    });
  });

  test.each([
    [
      { configMapKeyRef: { name: 'settings', key: 'size' } },
      "couldn't find key size in ConfigMap default/settings",
    ],
    [{ configMapKeyRef: { name: 'none', key: 'x' } }, 'configmaps "none" not found'],
    [{ secretKeyRef: { name: 'keys', key: 'x' } }, "couldn't find key x in Secret default/keys"],
    [{ fieldRef: { fieldPath: 'spec.nothing' } }, 'field label not supported: spec.nothing'],
  ])('%j is an error', async (valueFrom, message) => {
    await expect(resolve({ env: [{ name: 'X', valueFrom }] })).rejects.toThrow(message);
  });
});

test('service variables', () => {
  const service = (name: string, namespace: string, clusterIP = '10.96.0.1'): Service =>
    ({
      metadata: { name, namespace },
      spec: {
        clusterIP,
        ports: [
          { name: 'http', port: 80, protocol: 'TCP' },
          { name: 'dns-udp', port: 53, protocol: 'UDP' },
        ],
      },
    }) as unknown as Service;
  const services = [
    service('kubernetes', 'default'),
    service('my-db', 'shop', '10.96.0.9'),
    service('other', 'elsewhere'),
    service('headless', 'shop', 'None'),
  ];
  const env = Object.fromEntries(serviceEnv({ services, namespace: 'shop', enableServiceLinks: true }));
  expect(env).toMatchObject({
    KUBERNETES_SERVICE_HOST: '10.96.0.1',
    MY_DB_SERVICE_HOST: '10.96.0.9',
    MY_DB_SERVICE_PORT: '80',
    MY_DB_SERVICE_PORT_DNS_UDP: '53',
    MY_DB_PORT: 'tcp://10.96.0.9:80',
    MY_DB_PORT_53_UDP_ADDR: '10.96.0.9',
    MY_DB_PORT_53_UDP_PROTO: 'udp',
  });
  expect(Object.keys(env).some((name) => /OTHER|HEADLESS/.test(name))).toBe(false);
  const without = serviceEnv({ services, namespace: 'shop', enableServiceLinks: false });
  expect([...without.keys()].every((name) => name.startsWith('KUBERNETES_'))).toBe(true);
});

describe('downward API', () => {
  const pod: Pod = testPod();
  pod.metadata.labels = { b: 'two', a: 'say "one"\n' };
  const facts = { pod, podIPs: ['10.0.0.5'], hostIPs: ['192.168.0.1'] };
  test.each([
    ['metadata.name', 'web'],
    ["metadata.labels['b']", 'two'],
    ["metadata.labels['none']", ''],
    ['metadata.labels', 'a="say \\"one\\"\\n"\nb="two"'],
    ['status.hostIP', '192.168.0.1'],
  ])('%s', (path, expected) => {
    expect(fieldValue(path, facts)).toBe(expected);
  });

  const container = testContainer('app', {
    resources: { limits: { cpu: '1500m' }, requests: { cpu: '250m', memory: '65Mi' } },
  });
  test.each([
    ['limits.cpu', undefined, '2'],
    ['limits.cpu', '1m', '1500'],
    ['requests.cpu', '0', '1'],
    ['requests.memory', '1Mi', '65'],
    ['limits.memory', '1Gi', '8'],
    ['requests.ephemeral-storage', undefined, '0'],
  ])('%s by %s', (resource, divisor, expected) => {
    expect(resourceValue({ resource, divisor }, container, testNode.capacity)).toBe(expected);
  });

  test('limits of the pod stand for those that its containers lack', () => {
    const limited = testPod({ resources: { limits: { cpu: '1250m', memory: '64Mi' } } });
    const available = availableTo(limited, testNode.capacity);
    const value = (resource: string) => resourceValue({ resource }, testContainer('app'), available);
    expect(['cpu', 'memory', 'ephemeral-storage'].map((name) => value(`limits.${name}`))).toEqual([
      '2',
      '67108864',
      '107374182400',
    ]);
  });
});
