// What an autoscaler measures: one source for each metric, and a target that the source can have.
import {
  type FieldError,
  forbiddenField,
  type HorizontalPodAutoscalerSpec,
  invalidValue,
  type MetricIdentifier,
  type MetricSpec,
  type MetricTarget,
  notSupported,
  parseQuantity,
  required,
} from '@kubets/api';
import { validateContainerResourceName } from '../core/pod/validate_resources.ts';
import { dns1123Label, pathSegmentName } from '../rules/names.ts';
import { apiVersionFault, type ReferenceOptions, validateReference } from './validate_autoscaler.ts';

export function validateMetrics(
  spec: HorizontalPodAutoscalerSpec,
  old: HorizontalPodAutoscalerSpec | undefined,
  path: string,
): FieldError[] {
  const metrics = spec.metrics ?? [];
  // References that were stored under older rules stay good.
  const anyVersion = (old?.metrics ?? []).some(
    ({ object }) => object && apiVersionFault(object.describedObject?.apiVersion ?? '', true) !== undefined,
  );
  const errors = metrics.flatMap((metric, i) =>
    validateMetric(metric, `${path}[${i}]`, { anyVersion, coreGroup: true }),
  );
  // With no pod left there is nothing to measure but what is outside of them.
  const outside = metrics.some(({ type }) => type === 'Object' || type === 'External');
  if (spec.minReplicas === 0 && !outside)
    errors.push(
      forbiddenField(
        path,
        'must specify at least one Object or External metric to support scaling to zero replicas',
      ),
    );
  return errors;
}

const sources = ['object', 'external', 'pods', 'resource', 'containerResource'] as const;
type Source = (typeof sources)[number];
const fieldOf: Record<string, Source> = {
  Object: 'object',
  External: 'external',
  Pods: 'pods',
  Resource: 'resource',
  ContainerResource: 'containerResource',
};

function validateMetric(metric: MetricSpec, path: string, options: ReferenceOptions): FieldError[] {
  const errors: FieldError[] = [];
  const types = Object.keys(fieldOf).sort();
  const expected = fieldOf[metric.type];
  if (!metric.type) errors.push(required(`${path}.type`, 'must specify a metric source type'));
  if (!expected) errors.push(notSupported(`${path}.type`, metric.type ?? '', types));
  const present = sources.filter((source) => metric[source]);
  if (present[0]) errors.push(...validateSource(metric, present[0], `${path}.${present[0]}`, options));
  if (expected && !metric[expected])
    errors.push(required(`${path}.${expected}`, 'must populate information for the given metric source'));
  if (!expected) errors.push(notSupported(`${path}.type`, metric.type ?? '', types));
  if (present.length !== 1)
    for (const source of present)
      if (source !== expected)
        errors.push(forbiddenField(`${path}.${source}`, 'must populate the given metric source only'));
  return errors;
}

function validateSource(
  metric: MetricSpec,
  source: Source,
  path: string,
  options: ReferenceOptions,
): FieldError[] {
  const target = metric[source]!.target ?? ({} as MetricTarget);
  const at = `${path}.target`;
  const both = target.averageUtilization !== undefined && target.averageValue !== undefined;
  switch (source) {
    case 'object':
      return [
        ...validateReference(metric.object!.describedObject, `${path}.describedObject`, options),
        ...validateIdentifier(metric.object!.metric, `${path}.metric`),
        ...validateTarget(target, at),
        ...(target.value === undefined && target.averageValue === undefined
          ? [required(`${at}.averageValue`, 'must set either a target value or averageValue')]
          : []),
      ];
    case 'external':
      return [
        ...validateIdentifier(metric.external!.metric, `${path}.metric`),
        ...validateTarget(target, at),
        ...(target.value === undefined && target.averageValue === undefined
          ? [required(`${at}.averageValue`, 'must set either a target value for metric or a per-pod target')]
          : []),
        ...(target.value !== undefined && target.averageValue !== undefined
          ? [forbiddenField(`${at}.value`, 'may not set both a target value for metric and a per-pod target')]
          : []),
      ];
    case 'pods':
      return [
        ...validateIdentifier(metric.pods!.metric, `${path}.metric`),
        ...validateTarget(target, at),
        ...(target.averageValue === undefined
          ? [required(`${at}.averageValue`, 'must specify a positive target averageValue')]
          : []),
      ];
    default:
      return [
        ...validateResource(metric, source, path),
        ...validateTarget(target, at),
        ...(target.averageUtilization === undefined && target.averageValue === undefined
          ? [
              required(
                `${at}.averageUtilization`,
                'must set either a target raw value or a target utilization',
              ),
            ]
          : []),
        ...(both
          ? [
              forbiddenField(
                `${at}.averageValue`,
                'may not set both a target raw value and a target utilization',
              ),
            ]
          : []),
      ];
  }
}

function validateResource(metric: MetricSpec, source: Source, path: string): FieldError[] {
  const { name, container } = (
    source === 'resource' ? { ...metric.resource!, container: undefined } : metric.containerResource!
  ) as { name?: string; container?: string };
  if (!name && source === 'resource') return [required(`${path}.name`, 'must specify a resource name')];
  if (source === 'resource') return [];
  return [
    ...(name
      ? validateContainerResourceName(name, `${path}.name`)
      : [required(`${path}.name`, 'must specify a resource name')]),
    ...(container
      ? dns1123Label(container).map((message) => invalidValue(`${path}.container`, container, message))
      : [required(`${path}.container`, 'must specify a container')]),
  ];
}

function validateIdentifier(metric: MetricIdentifier | undefined, path: string): FieldError[] {
  const name = metric?.name;
  if (!name) return [required(`${path}.name`, 'must specify a metric name')];
  return pathSegmentName(name).map((message) => invalidValue(`${path}.name`, name, message));
}

function validateTarget(target: MetricTarget, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (!target.type) errors.push(required(`${path}.type`, 'must specify a metric target type'));
  if (!['Utilization', 'Value', 'AverageValue'].includes(target.type))
    errors.push(
      invalidValue(`${path}.type`, target.type ?? '', 'must be either Utilization, Value, or AverageValue'),
    );
  for (const field of ['value', 'averageValue'] as const)
    if (target[field] !== undefined && parseQuantity(target[field]!).sign() <= 0)
      errors.push(invalidValue(`${path}.${field}`, target[field], 'must be positive'));
  if (target.averageUtilization !== undefined && target.averageUtilization < 1)
    errors.push(
      invalidValue(`${path}.averageUtilization`, target.averageUtilization, 'must be greater than 0'),
    );
  return errors;
}
