import type { HorizontalPodAutoscaler, HPAScalingRules } from '@kubets/api';
import { define, kindsOf } from '../define.ts';
import { validateNonNegative } from '../rules/numbers.ts';
import { columnsOf, countColumn, textColumn } from '../table/columns.ts';
import { autoscalerV1 } from './autoscaler_v1.ts';
import { metricsText } from './metrics_text.ts';
import { validateAutoscaler } from './validate_autoscaler.ts';

/** Of the processors that its pods ask for, in percent. */
export const defaultCpuUtilization = 80;

export const horizontalPodAutoscaler = define<HorizontalPodAutoscaler>({
  id: kindsOf('autoscaling', 'v2')('horizontalpodautoscalers', 'HorizontalPodAutoscaler', {
    shortNames: ['hpa'],
    categories: ['all'],
  }),
  scope: 'Namespaced',
  columns: columnsOf<HorizontalPodAutoscaler>(
    textColumn(
      'Reference',
      'What it scales.',
      ({ spec }) => `${spec.scaleTargetRef?.kind ?? ''}/${spec.scaleTargetRef?.name ?? ''}`,
    ),
    textColumn('Targets', 'What it measures, and what it should be.', metricsText),
    textColumn('MinPods', 'The fewest pods that it leaves.', ({ spec }) =>
      String(spec.minReplicas ?? '<unset>'),
    ),
    {
      ...countColumn('MaxPods', 'The most pods that it asks for.', ({ spec }) => spec.maxReplicas),
      type: 'string',
    },
    {
      ...countColumn('Replicas', 'How many pods there are.', ({ status }) => status?.currentReplicas),
      type: 'string',
    },
  ),
  defaults({ spec }) {
    spec.minReplicas ??= 1;
    if (!spec.metrics?.length)
      spec.metrics = [
        {
          type: 'Resource',
          resource: {
            name: 'cpu',
            target: { type: 'Utilization', averageUtilization: defaultCpuUtilization },
          },
        },
      ];
    if (!spec.behavior) return;
    spec.behavior.scaleUp = withDefaults(spec.behavior.scaleUp, {
      stabilizationWindowSeconds: 0,
      selectPolicy: 'Max',
      policies: [
        { type: 'Pods', value: 4, periodSeconds: 15 },
        { type: 'Percent', value: 100, periodSeconds: 15 },
      ],
    });
    spec.behavior.scaleDown = withDefaults(spec.behavior.scaleDown, {
      selectPolicy: 'Max',
      policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
    });
  },
  validate: validateAutoscaler,
  status: {
    // Go writes a list that isn't there as null, unless told to leave it out.
    initial: () => ({ desiredReplicas: 0, currentMetrics: null }),
    validate: ({ status }) => [
      ...validateNonNegative(status?.currentReplicas, 'status.currentReplicas'),
      ...validateNonNegative(status?.desiredReplicas, 'status.desiredReplicas'),
    ],
  },
  otherVersions: [autoscalerV1],
});

function withDefaults(rules: HPAScalingRules | undefined, defaults: HPAScalingRules): HPAScalingRules {
  const given = Object.entries(rules ?? {}).filter(([, value]) => value != null);
  return { ...defaults, ...Object.fromEntries(given) };
}
