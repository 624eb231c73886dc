import { describe, expect, test } from 'vitest';
import { create, row, texts } from '../testing.ts';
import { horizontalPodAutoscaler as autoscaler } from './horizontal_pod_autoscaler.ts';

const given = (spec: object = {}) => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'web' },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
    maxReplicas: 10,
    ...spec,
  },
});
const cpu = (target: object) => ({ type: 'Resource', resource: { name: 'cpu', target } });
const refusal = (spec: object) => create(autoscaler, given(spec)).errors.join('\n');

test('defaults', () => {
  expect(create(autoscaler, given()).object.spec).toMatchObject({
    minReplicas: 1,
    metrics: [cpu({ type: 'Utilization', averageUtilization: 80 })],
  });
  expect(create(autoscaler, given({ behavior: { scaleDown: {} } })).object.spec.behavior).toEqual({
    scaleUp: {
      stabilizationWindowSeconds: 0,
      selectPolicy: 'Max',
      policies: [
        { type: 'Pods', value: 4, periodSeconds: 15 },
        { type: 'Percent', value: 100, periodSeconds: 15 },
      ],
    },
    scaleDown: { selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] },
  });
});

test('are refused', () => {
  expect(refusal({ maxReplicas: 0 })).toMatchInlineSnapshot(`
    "spec.maxReplicas: Required value: must be set and greater than 0
    spec.maxReplicas: Invalid value: 0: must be greater than or equal to \`minReplicas\`"
  `);
  expect(refusal({ minReplicas: 5, maxReplicas: 3 })).toMatchInlineSnapshot(
    `"spec.maxReplicas: Invalid value: 3: must be greater than or equal to \`minReplicas\`"`,
  );
  expect(refusal({ minReplicas: -1 })).toMatchInlineSnapshot(
    `"spec.minReplicas: Invalid value: -1: must be greater than or equal to 1"`,
  );
  expect(refusal({ scaleTargetRef: { kind: '', name: '' } })).toMatchInlineSnapshot(`
    "spec.scaleTargetRef.kind: Required value
    spec.scaleTargetRef.name: Required value
    spec.scaleTargetRef.apiVersion: Invalid value: "": apiVersion must specify API group"
  `);
  expect(refusal({ metrics: [cpu({ type: 'Utilization' })] })).toMatchInlineSnapshot(
    `"spec.metrics[0].resource.target.averageUtilization: Required value: must set either a target raw value or a target utilization"`,
  );
  expect(refusal({ metrics: [cpu({ type: 'Utilization', averageUtilization: 0 })] })).toMatchInlineSnapshot(
    `"spec.metrics[0].resource.target.averageUtilization: Invalid value: 0: must be greater than 0"`,
  );
  expect(refusal({ metrics: [{ type: 'Resource' }] })).toMatchInlineSnapshot(
    `"spec.metrics[0].resource: Required value: must populate information for the given metric source"`,
  );
  expect(refusal({ metrics: [{ type: 'Weather' }] })).toMatchInlineSnapshot(`
    "spec.metrics[0].type: Unsupported value: "Weather": supported values: "ContainerResource", "External", "Object", "Pods", "Resource"
    spec.metrics[0].type: Unsupported value: "Weather": supported values: "ContainerResource", "External", "Object", "Pods", "Resource""
  `);
  expect(
    refusal({ behavior: { scaleUp: { policies: [{ type: 'Pods', value: 0, periodSeconds: 15 }] } } }),
  ).toMatchInlineSnapshot(
    `"spec.behavior.scaleUp.policies[0].value: Invalid value: 0: must be greater than zero"`,
  );
  expect(refusal({ behavior: { scaleUp: { stabilizationWindowSeconds: 3601 } } })).toMatchInlineSnapshot(
    `"spec.behavior.scaleUp.stabilizationWindowSeconds: Invalid value: 3601: must be less than or equal to 3600"`,
  );
});

describe('version 1', () => {
  const [old] = autoscaler.otherVersions!;

  test('has one number for the cpu', () => {
    const { object } = create(
      autoscaler,
      given({ metrics: [cpu({ type: 'Utilization', averageUtilization: 50 })] }),
    );
    const shown: any = old!.fromStored(object);
    expect(shown).toMatchObject({
      apiVersion: 'autoscaling/v1',
      spec: { maxReplicas: 10, minReplicas: 1, targetCPUUtilizationPercentage: 50 },
    });
    expect(shown.spec.metrics).toBeUndefined();
    expect(old!.toStored(shown)).toMatchObject({ apiVersion: 'autoscaling/v2', spec: object.spec });
  });

  test('keeps what it has no field for in annotations', () => {
    const metrics = [
      cpu({ type: 'Utilization', averageUtilization: 50 }),
      {
        type: 'Pods',
        pods: { metric: { name: 'packets' }, target: { type: 'AverageValue', averageValue: '1k' } },
      },
    ];
    const { object } = create(
      autoscaler,
      given({ metrics, behavior: { scaleDown: { selectPolicy: 'Disabled' } } }),
    );
    object.status = {
      desiredReplicas: 1,
      currentReplicas: 1,
      conditions: [{ type: 'AbleToScale', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' }],
    };
    const shown: any = old!.fromStored(object);
    expect(Object.keys(shown.metadata.annotations).sort()).toEqual([
      'autoscaling.alpha.kubernetes.io/behavior',
      'autoscaling.alpha.kubernetes.io/conditions',
      'autoscaling.alpha.kubernetes.io/metrics',
    ]);
    const back: any = old!.toStored(shown);
    expect(back.spec.behavior).toEqual(object.spec.behavior);
    expect(back.status.conditions).toEqual(object.status.conditions);
    expect([...back.spec.metrics].sort((a: any, b: any) => (a.type < b.type ? -1 : 1))).toEqual(
      [...metrics].sort((a, b) => (a.type < b.type ? -1 : 1)),
    );
    expect(texts(autoscaler.validateCreate(back))).toEqual([]);
  });
});

test('kubectl get hpa', () => {
  const { object } = create(
    autoscaler,
    given({ metrics: [cpu({ type: 'Utilization', averageUtilization: 50 })] }),
  );
  expect(row(autoscaler, object)).toMatchObject({
    Reference: 'Deployment/web',
    Targets: 'cpu: <unknown>/50%',
    MinPods: '1',
    MaxPods: 10,
    Replicas: 0,
  });
  object.status = {
    currentReplicas: 2,
    currentMetrics: [
      {
        type: 'Resource',
        resource: { name: 'cpu', current: { averageUtilization: 30, averageValue: '30m' } },
      },
    ],
  };
  expect(row(autoscaler, object)).toMatchObject({ Targets: 'cpu: 30%/50%', Replicas: 2 });
});
