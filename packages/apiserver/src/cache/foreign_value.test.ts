import { encodeUnknown, type KubeObject } from '@kubets/api';
import { resources } from '@kubets/resources';
import { ByteSlabs } from '@kubets/storage';
import { describe, expect, test } from 'vitest';
import { readForeignValue } from './foreign_value.ts';
import { History } from './history.ts';

const find = (name: string) => resources.find(({ id }) => id.resource === name)!;
const json = (object: object) => new TextEncoder().encode(JSON.stringify(object));
const metadata = { name: 'a', namespace: 'd', uid: 'u', creationTimestamp: '2026-01-01T00:00:00Z' };

// Written by kube-apiserver v1.36.2.
const goldenConfigMap = Buffer.from(
  'azhzAAoPCgJ2MRIJQ29uZmlnTWFwElMKSQoGZ29sZGVuEgAaB2RlZmF1bHQiACokMDk0ZTAyYWQtYjBhMS00Y2ViLTgxODAtNDFiN2Q3YmU0NjczMgA4AEIICOOljNgGEAASBgoBaxIBdhoAIgA=',
  'base64',
);

describe('a value of another writer', () => {
  test('in protobuf', () => {
    expect(readForeignValue(find('configmaps'), goldenConfigMap)).toMatchObject({
      kind: 'ConfigMap',
      apiVersion: 'v1',
      metadata: { name: 'golden', namespace: 'default', creationTimestamp: expect.any(String) },
      data: { k: 'v' },
    });
  });

  test('gets the defaults that its writer did not know', () => {
    const service = { kind: 'Service', apiVersion: 'v1', metadata, spec: { ports: [{ port: 80 }] } };
    const value = encodeUnknown('v1', 'Service', 'core.v1.Service', service);
    expect(readForeignValue(find('services'), value)).toMatchObject({
      spec: { type: 'ClusterIP', sessionAffinity: 'None', ports: [{ port: 80, protocol: 'TCP' }] },
    });
    const claim = { kind: 'PersistentVolumeClaim', apiVersion: 'v1', metadata, spec: {}, status: {} };
    expect(readForeignValue(find('persistentvolumeclaims'), json(claim))).toMatchObject({
      spec: { volumeMode: 'Filesystem' },
      status: { phase: 'Pending' },
    });
  });

  test('in another served version is converted', () => {
    const autoscaler = {
      kind: 'HorizontalPodAutoscaler',
      apiVersion: 'autoscaling/v1',
      metadata,
      spec: { maxReplicas: 3, scaleTargetRef: { kind: 'D', name: 'd' }, targetCPUUtilizationPercentage: 50 },
    };
    const value = encodeUnknown(
      'autoscaling/v1',
      'HorizontalPodAutoscaler',
      'autoscaling.v1.HorizontalPodAutoscaler',
      autoscaler,
    );
    expect((readForeignValue(find('horizontalpodautoscalers'), value) as any).spec.metrics).toEqual([
      {
        type: 'Resource',
        resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } },
      },
    ]);
  });

  test('of a CustomResourceDefinition is v1beta1', () => {
    const value = json({
      kind: 'CustomResourceDefinition',
      apiVersion: 'apiextensions.k8s.io/v1beta1',
      metadata: { ...metadata, namespace: undefined },
      spec: {
        group: 'example.com',
        version: 'v1',
        names: { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' },
        scope: 'Namespaced',
        validation: { openAPIV3Schema: { type: 'object' } },
        subresources: { status: {} },
        versions: [
          { name: 'v1', served: true, storage: true },
          {
            name: 'v2',
            served: true,
            storage: false,
            additionalPrinterColumns: [
              { name: 'Age', type: 'date', JSONPath: '.metadata.creationTimestamp' },
            ],
          },
        ],
        conversion: {
          strategy: 'Webhook',
          webhookClientConfig: { url: 'https://example.com' },
          conversionReviewVersions: ['v1'],
        },
        preserveUnknownFields: false,
      },
    });
    const { spec } = readForeignValue(find('customresourcedefinitions'), value) as any;
    const schema = { openAPIV3Schema: { type: 'object' } };
    expect(spec.versions).toEqual([
      { name: 'v1', served: true, storage: true, schema, subresources: { status: {} } },
      {
        name: 'v2',
        served: true,
        storage: false,
        schema,
        subresources: { status: {} },
        additionalPrinterColumns: [{ name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' }],
      },
    ]);
    expect(spec.conversion).toEqual({
      strategy: 'Webhook',
      webhook: { clientConfig: { url: 'https://example.com' }, conversionReviewVersions: ['v1'] },
    });
    expect(Object.keys(spec)).not.toContain('version');
    expect(spec.preserveUnknownFields).toBeUndefined();
  });
});

test('what cannot be read is told, and keeps nothing else from being served', () => {
  const told: string[] = [];
  const history = new History({
    resource: find('configmaps'),
    ringCapacity: 10,
    writtenAs: () => undefined,
    onUnreadable: (key) => told.push(key),
  });
  const entry = (name: string, value: Uint8Array) => ({
    key: `/registry/configmaps/d/${name}`,
    value,
    createRevision: 2,
    modRevision: 2,
  });
  const good: KubeObject = { kind: 'ConfigMap', apiVersion: 'v1', metadata } as KubeObject;
  const damaged = new TextEncoder().encode('k8s:enc:aescbc:v1:k:???');
  const slabs = new ByteSlabs();
  expect(history.read(entry('b', damaged), slabs)).toBeUndefined();
  history.load([history.read(entry('a', json(good)), slabs)!], 5);
  expect(told).toEqual(['/registry/configmaps/d/b']);
  expect(history.size).toBe(1);
  expect(history.get('/registry/configmaps/d/a')!.object).toMatchObject(good);
});
