import type {
  HorizontalPodAutoscaler,
  MetricSpec,
  MetricStatus,
  MetricTarget,
  MetricValueStatus,
} from '@kubets/api';

/** `cpu: 12%/80%, 5/10 (avg)`: what is measured against what is wanted; two at most, then how many more. */
export function metricsText({ spec, status }: HorizontalPodAutoscaler): string {
  const metrics = spec.metrics ?? [];
  if (metrics.length === 0) return '<none>';
  const texts = metrics.map((metric, i) => metricText(metric, status?.currentMetrics?.[i]));
  const shown = texts.slice(0, 2).join(', ');
  return texts.length > 2 ? `${shown} + ${texts.length - 2} more...` : shown;
}

function metricText(metric: MetricSpec, status: MetricStatus | undefined): string {
  switch (metric.type) {
    case 'External':
      return wholeText(metric.external?.target, status?.external?.current);
    case 'Object':
      return wholeText(metric.object?.target, status?.object?.current);
    case 'Pods':
      return `${status?.pods?.current?.averageValue ?? '<unknown>'}/${metric.pods?.target?.averageValue ?? '0'}`;
    case 'Resource':
      return perPodText(metric.resource, status?.resource?.current);
    case 'ContainerResource':
      return perPodText(metric.containerResource, status?.containerResource?.current);
    default:
      return '<unknown type>';
  }
}

function wholeText(target: MetricTarget | undefined, current: MetricValueStatus | undefined): string {
  return target?.averageValue !== undefined
    ? `${current?.averageValue ?? '<unknown>'}/${target.averageValue} (avg)`
    : `${current?.value ?? '<unknown>'}/${target?.value ?? '0'}`;
}

function perPodText(
  source: { name?: string; target?: MetricTarget } | undefined,
  current: MetricValueStatus | undefined,
): string {
  const target = source?.target;
  if (target?.averageValue !== undefined)
    return `${source?.name}: ${current?.averageValue ?? '<unknown>'}/${target.averageValue}`;
  const percent = (value: number | undefined, none: string) => (value === undefined ? none : `${value}%`);
  const now = percent(current?.averageUtilization, '<unknown>');
  return `${source?.name}: ${now}/${percent(target?.averageUtilization, '<auto>')}`;
}
