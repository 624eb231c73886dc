// `autoscaling/v1`: only CPU has a field there. The rest travels in annotations, so that a client of v1 that
// reads and writes an autoscaler loses nothing.
import type { HorizontalPodAutoscaler, MetricSpec, MetricStatus } from '@kubets/api';
import type { OtherVersion } from '../resource.ts';
import { goStruct } from '../rules/go_struct.ts';
import { metricFromV1, metricStatusFromV1, metricStatusToV1, metricToV1 } from './metrics_v1.ts';

const annotations = {
  metrics: 'autoscaling.alpha.kubernetes.io/metrics',
  currentMetrics: 'autoscaling.alpha.kubernetes.io/current-metrics',
  conditions: 'autoscaling.alpha.kubernetes.io/conditions',
  behavior: 'autoscaling.alpha.kubernetes.io/behavior',
};

export interface AutoscalerV1 {
  apiVersion: string;
  kind: string;
  metadata: HorizontalPodAutoscaler['metadata'];
  spec: {
    scaleTargetRef: HorizontalPodAutoscaler['spec']['scaleTargetRef'];
    minReplicas?: number;
    maxReplicas: number;
    targetCPUUtilizationPercentage?: number;
  };
  status?: {
    observedGeneration?: number;
    lastScaleTime?: string;
    currentReplicas: number;
    desiredReplicas: number;
    currentCPUUtilizationPercentage?: number;
  };
}

export const autoscalerV1: OtherVersion<HorizontalPodAutoscaler> = {
  group: 'autoscaling',
  version: 'v1',
  kind: 'HorizontalPodAutoscaler',
  type: 'autoscaling.v1.HorizontalPodAutoscaler',
  fromStored,
  toStored,
};

const isCpu = (metric: MetricSpec) =>
  metric.type === 'Resource' &&
  metric.resource?.name === 'cpu' &&
  metric.resource.target?.averageUtilization !== undefined;

function fromStored({ metadata, spec, status }: HorizontalPodAutoscaler): AutoscalerV1 {
  const others = (spec.metrics ?? []).filter((metric) => !isCpu(metric)).map(metricToV1);
  const current = status?.currentMetrics ?? [];
  const extra: Record<string, string> = {};
  if (others.length > 0) extra[annotations.metrics] = JSON.stringify(others);
  if (current.length > 0) extra[annotations.currentMetrics] = JSON.stringify(current.map(metricStatusToV1));
  if (spec.behavior)
    extra[annotations.behavior] = JSON.stringify(
      goStruct(spec.behavior, 'autoscaling.v2.HorizontalPodAutoscalerBehavior'),
    );
  if (status?.conditions?.length) extra[annotations.conditions] = JSON.stringify(status.conditions);
  const cpu = spec.metrics?.findLast(isCpu)?.resource?.target?.averageUtilization;
  const used = current.findLast(({ resource }) => resource?.name === 'cpu')?.resource?.current
    ?.averageUtilization;
  const kept = { ...withoutOurs(metadata.annotations), ...extra };
  return {
    apiVersion: 'autoscaling/v1',
    kind: 'HorizontalPodAutoscaler',
    metadata: withAnnotations(metadata, kept),
    spec: {
      scaleTargetRef: spec.scaleTargetRef,
      ...(spec.minReplicas !== undefined && { minReplicas: spec.minReplicas }),
      maxReplicas: spec.maxReplicas,
      ...(cpu !== undefined && { targetCPUUtilizationPercentage: cpu }),
    },
    ...(status && {
      status: {
        ...(status.observedGeneration !== undefined && { observedGeneration: status.observedGeneration }),
        ...(status.lastScaleTime !== undefined && { lastScaleTime: status.lastScaleTime }),
        currentReplicas: status.currentReplicas ?? 0,
        desiredReplicas: status.desiredReplicas ?? 0,
        ...(used !== undefined && { currentCPUUtilizationPercentage: used }),
      },
    }),
  };
}

function toStored({ metadata, spec, status }: AutoscalerV1): HorizontalPodAutoscaler {
  const carried = <T>(name: keyof typeof annotations): T | undefined =>
    parse<T>(metadata?.annotations?.[annotations[name]]);
  const cpu = spec?.targetCPUUtilizationPercentage;
  const metrics: MetricSpec[] = (carried<object[]>('metrics') ?? []).map(metricFromV1);
  if (cpu !== undefined) metrics.push(cpuMetric(cpu));
  const behavior = ofGoStruct(carried<object>('behavior')) as HorizontalPodAutoscaler['spec']['behavior'];
  const conditions = carried<NonNullable<HorizontalPodAutoscaler['status']>['conditions']>('conditions');
  const currentMetrics: MetricStatus[] | undefined =
    carried<object[]>('currentMetrics')?.map(metricStatusFromV1);
  const used = status?.currentCPUUtilizationPercentage;
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: withAnnotations(metadata ?? {}, withoutOurs(metadata?.annotations)),
    spec: {
      scaleTargetRef: spec?.scaleTargetRef,
      ...(spec?.minReplicas !== undefined && { minReplicas: spec.minReplicas }),
      maxReplicas: spec?.maxReplicas,
      ...(metrics.length > 0 && { metrics }),
      ...(behavior && Object.keys(behavior).length > 0 && { behavior }),
    },
    ...(status && {
      status: {
        ...(status.observedGeneration !== undefined && { observedGeneration: status.observedGeneration }),
        ...(status.lastScaleTime !== undefined && { lastScaleTime: status.lastScaleTime }),
        currentReplicas: status.currentReplicas,
        desiredReplicas: status.desiredReplicas,
        ...(conditions && { conditions }),
        currentMetrics: currentMetrics ?? (used === undefined ? undefined : [cpuStatus(used)]),
      },
    }),
  };
}

function cpuMetric(averageUtilization: number): MetricSpec {
  return { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } } };
}

function cpuStatus(averageUtilization: number): MetricStatus {
  return { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization } } };
}

function withoutOurs(given: Record<string, string> | undefined): Record<string, string> {
  const ours = Object.values(annotations);
  return Object.fromEntries(Object.entries(given ?? {}).filter(([key]) => !ours.includes(key)));
}

function withAnnotations<T extends { annotations?: Record<string, string> }>(
  metadata: T,
  kept: Record<string, string>,
): T {
  const { annotations: _, ...others } = metadata;
  return (Object.keys(kept).length > 0 ? { ...others, annotations: kept } : others) as T;
}

/** Annotations that someone broke are ignored, as upstream does. */
function parse<T>(text: string | undefined): T | undefined {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as T;
  } catch {
    return undefined;
  }
}

/** Upstream writes this one as its internal struct: fields by their Go names, and null for those not set. */
function ofGoStruct(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ofGoStruct);
  if (typeof value !== 'object' || value === null) return value;
  const set = Object.entries(value).filter(([, field]) => field !== null);
  return Object.fromEntries(
    set.map(([name, field]) => [name.charAt(0).toLowerCase() + name.slice(1), ofGoStruct(field)]),
  );
}
