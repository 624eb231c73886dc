// One metric of an autoscaler: asks for it, and says how many replicas it calls for.
import {
  type HorizontalPodAutoscaler,
  type LabelMatcher,
  type MetricSpec,
  type MetricStatus,
  parseQuantity,
  QuantityValue,
  splitApiVersion,
} from '@kubets/api';
import { errorMessage } from '@kubets/base';
import type { MetricsClient } from './metrics_client.ts';
import {
  type CountContext,
  replicasByAverage,
  replicasByShare,
  replicasByUtilization,
  replicasByValue,
} from './replica_count.ts';

export interface Proposal {
  replicas: number;
  /** In words, for events and conditions. */
  metric: string;
  status: MetricStatus;
}

export interface ProposalContext extends CountContext {
  autoscaler: HorizontalPodAutoscaler;
  metrics: MetricsClient;
  selector: LabelMatcher;
  statusReplicas: number;
  /** Plural and group of a kind that is described by a metric. */
  resourceOf: (group: string, kind: string) => Promise<string>;
}

/** Why a metric gives no proposal: the reason of the condition and event, and the message of each. */
export class MetricError extends Error {
  readonly reason: string;
  readonly detail: string;

  constructor(reason: string, detail: string, message: string) {
    super(message);
    this.reason = reason;
    this.detail = detail;
  }
}

export async function proposeReplicas(spec: MetricSpec, context: ProposalContext): Promise<Proposal> {
  const [reason, summary] = failureOf(spec);
  try {
    switch (spec.type) {
      case 'Resource':
        return await byResource(spec.resource!, undefined, context);
      case 'ContainerResource':
        return await byResource(spec.containerResource!, spec.containerResource!.container, context);
      case 'Pods':
        return await byPods(spec.pods!, context);
      case 'Object':
        return await byObject(spec.object!, context);
      case 'External':
        return await byExternal(spec.external!, context);
      default:
        throw new Error(`unknown metric source type "${spec.type}"`);
    }
  } catch (error) {
    const detail = errorMessage(error);
    throw new MetricError(reason, detail, summary ? `${summary}: ${detail}` : detail);
  }
}

function failureOf(spec: MetricSpec): [reason: string, summary: string] {
  switch (spec.type) {
    case 'Resource':
      return ['FailedGetResourceMetric', `failed to get ${spec.resource?.name} resource metric value`];
    case 'ContainerResource':
      return [
        'FailedGetContainerResourceMetric',
        `failed to get ${spec.containerResource?.container} container metric value`,
      ];
    case 'Pods':
      return ['FailedGetPodsMetric', 'failed to get pods metric value'];
    case 'Object':
      return ['FailedGetObjectMetric', 'failed to get object metric value'];
    case 'External':
      return ['FailedGetExternalMetric', `failed to get ${spec.external?.metric.name} external metric value`];
    default:
      return ['InvalidMetricSourceType', ''];
  }
}

async function byResource(
  { name, target }: NonNullable<MetricSpec['resource']>,
  container: string | undefined,
  context: ProposalContext,
): Promise<Proposal> {
  const wanted = target.averageValue !== undefined ? 'usage' : 'utilization';
  if (target.averageValue === undefined && target.averageUtilization === undefined) {
    throw new Error(
      'invalid resource metric source: neither an average utilization target nor an average value (usage) target was set',
    );
  }
  const { namespace } = context.autoscaler.metadata;
  try {
    const samples = await context.metrics
      .resource(name, namespace!, context.selector, container)
      .catch((error) => {
        throw new Error(`unable to get metrics for resource ${name}: ${errorMessage(error)}`);
      });
    if (target.averageValue !== undefined) {
      const targetMilli = parseQuantity(target.averageValue).milliValue();
      const { replicas, milliUsage } = replicasByAverage({
        ...context,
        samples,
        resource: name,
        targetMilli,
      });
      const current = { averageValue: amount(milliUsage, name) };
      return { replicas, metric: `${name} resource`, status: resourceStatus(name, container, current) };
    }
    const count = { ...context, samples, resource: name, container, target: target.averageUtilization! };
    const { replicas, utilization, milliUsage } = replicasByUtilization(count);
    const current = { averageUtilization: utilization, averageValue: amount(milliUsage, name) };
    const kind = container === undefined ? 'resource' : 'container resource';
    const metric = `${name} ${kind} utilization (percentage of request)`;
    return { replicas, metric, status: resourceStatus(name, container, current) };
  } catch (error) {
    throw new Error(`failed to get ${name} ${wanted}: ${errorMessage(error)}`);
  }
}

async function byPods(
  { metric, target }: NonNullable<MetricSpec['pods']>,
  context: ProposalContext,
): Promise<Proposal> {
  const namespace = context.autoscaler.metadata.namespace!;
  const samples = await context.metrics.pods(metric, namespace, context.selector).catch((error) => {
    throw new Error(`unable to get metric ${metric.name}: ${errorMessage(error)}`);
  });
  const targetMilli = parseQuantity(target.averageValue!).milliValue();
  const { replicas, milliUsage } = replicasByAverage({ ...context, samples, resource: '', targetMilli });
  const status = { type: 'Pods', pods: { metric, current: { averageValue: amount(milliUsage) } } };
  return { replicas, metric: `pods metric ${metric.name}`, status };
}

async function byObject(
  { describedObject, metric, target }: NonNullable<MetricSpec['object']>,
  context: ProposalContext,
): Promise<Proposal> {
  const namespace = context.autoscaler.metadata.namespace!;
  const { kind, name } = describedObject;
  const milliTotal = await context
    .resourceOf(splitApiVersion(describedObject.apiVersion ?? '').group, kind)
    .then((resource) => context.metrics.object(metric, namespace, resource, name))
    .catch((error) => {
      const where = `${kind} ${namespace}/${name}`;
      throw new Error(`unable to get metric ${metric.name}: ${where}/${errorMessage(error)}`);
    });
  const made = byTarget(target, milliTotal, context);
  if (!made) {
    throw new Error(
      'invalid object metric source: neither a value target nor an average value target was set',
    );
  }
  const status = { type: 'Object', object: { describedObject, metric, current: made.current } };
  return { replicas: made.replicas, metric: `${kind} metric ${metric.name}`, status };
}

async function byExternal(
  { metric, target }: NonNullable<MetricSpec['external']>,
  context: ProposalContext,
): Promise<Proposal> {
  const namespace = context.autoscaler.metadata.namespace!;
  const milliTotal = await context.metrics.external(metric, namespace).catch((error) => {
    throw new Error(`unable to get external metric ${namespace}/${metric.name}: ${errorMessage(error)}`);
  });
  const made = byTarget(target, milliTotal, context);
  if (!made) {
    throw new Error(
      'invalid external metric source: neither a value target nor an average value target was set',
    );
  }
  const status = { type: 'External', external: { metric, current: made.current } };
  return { replicas: made.replicas, metric: `external metric ${metric.name}`, status };
}

function byTarget(
  target: { value?: string; averageValue?: string },
  milliTotal: number,
  context: ProposalContext,
) {
  if (target.averageValue !== undefined) {
    const targetMilli = parseQuantity(target.averageValue).milliValue();
    const { replicas, milliUsage } = replicasByShare(
      context,
      context.statusReplicas,
      milliTotal,
      targetMilli,
    );
    return { replicas, current: { averageValue: amount(milliUsage) } };
  }
  if (target.value === undefined) return undefined;
  const replicas = replicasByValue(context, milliTotal, parseQuantity(target.value).milliValue());
  return { replicas, current: { value: amount(milliTotal) } };
}

function resourceStatus(name: string, container: string | undefined, current: object): MetricStatus {
  return container === undefined
    ? { type: 'Resource', resource: { name, current } }
    : { type: 'ContainerResource', containerResource: { name, container, current } };
}

function amount(milli: number, resource?: string): string {
  const format = resource === 'memory' ? 'BinarySI' : 'DecimalSI';
  return QuantityValue.of(milli, { scale: -3, format }).toString();
}
