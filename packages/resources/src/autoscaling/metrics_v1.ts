// Metrics in the form of v2beta1, which is what v1 keeps in its annotations.
import type { MetricSpec, MetricStatus, MetricTarget } from '@kubets/api';

type Loose = Record<string, any>;

export function metricToV1(metric: MetricSpec): object {
  const { type, object, pods, resource, containerResource, external } = metric;
  return compact({
    type,
    object: object && {
      target: object.describedObject,
      metricName: object.metric?.name,
      targetValue: object.target?.value ?? '0',
      selector: object.metric?.selector,
      averageValue: object.target?.averageValue,
    },
    pods: pods && {
      metricName: pods.metric?.name,
      targetAverageValue: pods.target?.averageValue ?? '0',
      selector: pods.metric?.selector,
    },
    resource: resource && perPodToV1(resource),
    containerResource: containerResource && {
      ...perPodToV1(containerResource),
      container: containerResource.container,
    },
    external: external && {
      metricName: external.metric?.name,
      metricSelector: external.metric?.selector,
      targetValue: external.target?.value,
      targetAverageValue: external.target?.averageValue,
    },
  });
}

function perPodToV1({ name, target }: { name: string; target?: MetricTarget }): Loose {
  return {
    name,
    targetAverageUtilization: target?.averageUtilization,
    targetAverageValue: target?.averageValue,
  };
}

export function metricFromV1(metric: Loose): MetricSpec {
  const { type, object, pods, resource, containerResource, external } = metric;
  return compact({
    type,
    object: object && {
      describedObject: object.target,
      metric: { name: object.metricName, selector: object.selector },
      target: target('Value', {
        value:
          object.averageValue !== undefined && isZero(object.targetValue) ? undefined : object.targetValue,
        averageValue: object.averageValue,
      }),
    },
    pods: pods && {
      metric: { name: pods.metricName, selector: pods.selector },
      target: target('AverageValue', { averageValue: pods.targetAverageValue }),
    },
    resource: resource && perPodFromV1(resource),
    containerResource: containerResource && {
      ...perPodFromV1(containerResource),
      container: containerResource.container,
    },
    external: external && {
      metric: { name: external.metricName, selector: external.metricSelector },
      target: target('Value', { value: external.targetValue, averageValue: external.targetAverageValue }),
    },
  }) as MetricSpec;
}

const isZero = (amount: unknown) => amount === undefined || amount === '0' || amount === 0;

function target(whole: string, values: Omit<MetricTarget, 'type'>): MetricTarget {
  const type = values.averageValue === undefined ? whole : 'AverageValue';
  return { type, ...values };
}

function perPodFromV1({ name, targetAverageUtilization, targetAverageValue }: Loose): Loose {
  return {
    name,
    target: {
      type: targetAverageUtilization === undefined ? 'AverageValue' : 'Utilization',
      averageUtilization: targetAverageUtilization,
      averageValue: targetAverageValue,
    },
  };
}

export function metricStatusToV1(status: MetricStatus): object {
  const { type, object, pods, resource, containerResource, external } = status;
  const perPod = (source: NonNullable<MetricStatus['resource']>) => ({
    name: source.name,
    currentAverageUtilization: source.current?.averageUtilization,
    currentAverageValue: source.current?.averageValue ?? '0',
  });
  return compact({
    type,
    object: object && {
      target: object.describedObject,
      metricName: object.metric?.name,
      currentValue: object.current?.value ?? '0',
      selector: object.metric?.selector,
      averageValue: object.current?.averageValue,
    },
    pods: pods && {
      metricName: pods.metric?.name,
      currentAverageValue: pods.current?.averageValue ?? '0',
      selector: pods.metric?.selector,
    },
    resource: resource && perPod(resource),
    containerResource: containerResource && {
      ...perPod(containerResource),
      container: containerResource.container,
    },
    external: external && {
      metricName: external.metric?.name,
      metricSelector: external.metric?.selector,
      currentValue: external.current?.value ?? '0',
      currentAverageValue: external.current?.averageValue,
    },
  });
}

export function metricStatusFromV1(status: Loose): MetricStatus {
  const { type, object, pods, resource, containerResource, external } = status;
  const perPod = (source: Loose) => ({
    name: source.name,
    current: {
      averageUtilization: source.currentAverageUtilization,
      averageValue: source.currentAverageValue,
    },
  });
  return compact({
    type,
    object: object && {
      describedObject: object.target,
      metric: { name: object.metricName, selector: object.selector },
      current: { value: object.currentValue, averageValue: object.averageValue },
    },
    pods: pods && {
      metric: { name: pods.metricName, selector: pods.selector },
      current: { averageValue: pods.currentAverageValue },
    },
    resource: resource && perPod(resource),
    containerResource: containerResource && {
      ...perPod(containerResource),
      container: containerResource.container,
    },
    external: external && {
      metric: { name: external.metricName, selector: external.metricSelector },
      current: { value: external.currentValue, averageValue: external.currentAverageValue },
    },
  }) as MetricStatus;
}

/** Without the fields that are undefined, at every level. */
function compact<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
