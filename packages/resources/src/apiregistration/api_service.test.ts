import { expect, test } from 'vitest';
import { create, created, row, stored, update } from '../testing.ts';
import { apiService } from './api_service.ts';

const given = (spec: object = {}, name = 'v1beta1.metrics.k8s.io') => ({
  metadata: { name },
  spec: {
    group: 'metrics.k8s.io',
    version: 'v1beta1',
    groupPriorityMinimum: 100,
    versionPriority: 100,
    service: { name: 'metrics', namespace: 'kube-system' },
    ...spec,
  },
});
const refusal = (spec: object, name?: string) => create(apiService, given(spec, name)).errors.join('\n');

test('local ones are available at once', () => {
  const { object } = create(apiService, given({ service: undefined }));
  expect(object.status.conditions).toEqual([
    {
      type: 'Available',
      status: 'True',
      reason: 'Local',
      message: 'Local APIServices are always available',
      lastTransitionTime: created,
    },
  ]);
  expect(row(apiService, object)).toMatchObject({ Service: 'Local', Available: 'True' });
});

test('others wait for their service', () => {
  const { object } = create(apiService, given());
  expect(object).toMatchObject({ spec: { service: { port: 443 } }, status: {} });
  expect(row(apiService, object)).toMatchObject({ Service: 'kube-system/metrics', Available: 'Unknown' });
  object.status = { conditions: [{ type: 'Available', status: 'False', reason: 'MissingEndpoints' }] };
  expect(row(apiService, object)).toMatchObject({ Available: 'False (MissingEndpoints)' });
});

test('are refused', () => {
  expect(refusal({}, 'metrics')).toMatchInlineSnapshot(
    `"metadata.name: Invalid value: "metrics": must be \`spec.version+"."+spec.group\`: "v1beta1.metrics.k8s.io""`,
  );
  expect(refusal({ group: '' }, 'v1beta1.')).toMatchInlineSnapshot(
    `"spec.group: Required value: only v1 may have an empty group and it better be legacy kube"`,
  );
  expect(refusal({ groupPriorityMinimum: 0 })).toMatchInlineSnapshot(
    `"spec.groupPriorityMinimum: Invalid value: 0: must be positive and less than 20000"`,
  );
  expect(refusal({ versionPriority: 1001 })).toMatchInlineSnapshot(
    `"spec.versionPriority: Invalid value: 1001: must be positive and less than 1000"`,
  );
  expect(refusal({ service: { name: '', namespace: '' } })).toMatchInlineSnapshot(`
    "spec.service.namespace: Required value
    spec.service.name: Required value"
  `);
  expect(refusal({ service: undefined, caBundle: 'YWJj' })).toMatchInlineSnapshot(
    `"spec.caBundle: Invalid value: "3 bytes": local APIServices may not have a caBundle"`,
  );
  expect(refusal({ insecureSkipTLSVerify: true, caBundle: 'YWJj' })).toMatchInlineSnapshot(
    `"spec.insecureSkipTLSVerify: Invalid value: true: may not be true if caBundle is present"`,
  );
});

test('status', () => {
  const old = stored(apiService, given());
  const write = (status: string) =>
    update(
      apiService,
      old,
      (next) => (next.status = { conditions: [{ type: 'Available', status }] }),
      'status',
    ).errors.join('\n');
  expect(write('True')).toBe('');
  expect(write('Maybe')).toMatchInlineSnapshot(
    `"status.conditions[0].status: Unsupported value: "Maybe": supported values: "True", "False", "Unknown""`,
  );
});
