// The three metrics APIs as an autoscaler reads them. All values are in thousandths.
import {
  isNotFound,
  type LabelMatcher,
  labelSelectorMatcher,
  type MetricIdentifier,
  parseDuration,
  parseQuantity,
} from '@kubets/api';
import { errorMessage, type Ms } from '@kubets/base';
import type { Client } from '@kubets/client';

export interface PodSample {
  milliValue: number;
  /** When the sample was taken, and over how long. */
  at: Ms;
  windowMs: Ms;
}

export type Samples = Map<string, PodSample>;

interface PodMetricsList {
  items?: {
    metadata: { name: string };
    timestamp: string;
    window: string;
    containers: { name: string; usage: Record<string, string> }[];
  }[];
}

interface MetricValueList {
  items?: { describedObject?: { name?: string }; timestamp: string; windowSeconds?: number; value: string }[];
}

export class MetricsClient {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Usage of a resource by pod, or by one container of each pod. */
  async resource(
    name: string,
    namespace: string,
    selector: LabelMatcher,
    container?: string,
  ): Promise<Samples> {
    const path = `/apis/metrics.k8s.io/v1beta1/namespaces/${namespace}/pods`;
    const query = { labelSelector: selector.toString() };
    const list = await this.#ask<PodMetricsList>('resource', path, query, 'pods.metrics.k8s.io');
    if (!list.items?.length) throw new Error('no metrics returned from resource metrics API');
    const samples: Samples = new Map();
    for (const { metadata, timestamp, window, containers } of list.items) {
      const counted =
        container === undefined ? containers : containers.filter((one) => one.name === container);
      if (container !== undefined && counted.length === 0) {
        throw new Error(
          `container ${container} not present in metrics for pod ${namespace}/${metadata.name}`,
        );
      }
      // A pod with a container that says nothing of the resource has no usable sample.
      if (counted.some(({ usage }) => usage[name] === undefined)) continue;
      const milliValue = counted.reduce(
        (sum, { usage }) => sum + parseQuantity(usage[name]!).milliValue(),
        0,
      );
      samples.set(metadata.name, {
        milliValue,
        at: Date.parse(timestamp),
        windowMs: (parseDuration(window) ?? 0) / 1e6,
      });
    }
    return samples;
  }

  async pods(metric: MetricIdentifier, namespace: string, selector: LabelMatcher): Promise<Samples> {
    const list = await this.#custom(namespace, 'pods/*', metric, { labelSelector: selector.toString() });
    return new Map(
      list.map(({ describedObject, timestamp, windowSeconds = 60, value }) => [
        describedObject?.name ?? '',
        {
          milliValue: parseQuantity(value).milliValue(),
          at: Date.parse(timestamp),
          windowMs: windowSeconds * 1000,
        },
      ]),
    );
  }

  /** `resource`: plural with group, e.g. `ingresses.networking.k8s.io`. */
  async object(metric: MetricIdentifier, namespace: string, resource: string, name: string): Promise<number> {
    const [first] =
      resource === 'namespaces'
        ? await this.#custom(name, 'metrics', metric, {})
        : await this.#custom(namespace, `${resource}/${name}`, metric, {});
    return parseQuantity(first!.value).milliValue();
  }

  /** The sum of the metric's series. */
  async external(metric: MetricIdentifier, namespace: string): Promise<number> {
    const path = `/apis/external.metrics.k8s.io/v1beta1/namespaces/${namespace}/${metric.name}`;
    const query = { labelSelector: selectorText(metric) };
    const list = await this.#ask<MetricValueList>(
      'external',
      path,
      query,
      `${metric.name}.external.metrics.k8s.io`,
    );
    if (!list.items?.length) throw new Error('no metrics returned from external metrics API');
    return list.items.reduce((sum, { value }) => sum + parseQuantity(value).milliValue(), 0);
  }

  async #custom(namespace: string, objects: string, metric: MetricIdentifier, query: Record<string, string>) {
    const path = `/apis/custom.metrics.k8s.io/v1beta2/namespaces/${namespace}/${objects}/${metric.name}`;
    const metricLabelSelector = selectorText(metric);
    const all = { ...query, ...(metricLabelSelector && { metricLabelSelector }) };
    const list = await this.#ask<MetricValueList>('custom', path, all, `${objects}.custom.metrics.k8s.io`);
    if (!list.items?.length) throw new Error('no metrics returned from custom metrics API');
    return list.items;
  }

  async #ask<R>(api: string, path: string, query: Record<string, string>, what: string): Promise<R> {
    try {
      return await this.#client.request<R>('GET', path, { query });
    } catch (error) {
      const reason = isNotFound(error)
        ? `the server could not find the requested resource (get ${what})`
        : errorMessage(error);
      throw new Error(`unable to fetch metrics from ${api} metrics API: ${reason}`, { cause: error });
    }
  }
}

function selectorText({ selector }: MetricIdentifier): string {
  return selector ? labelSelectorMatcher(selector).toString() : '';
}
