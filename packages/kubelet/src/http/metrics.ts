// GET /metrics/resource, what autoscalers read, and GET /metrics, what the kubelet says of itself.
import { type KubeletAnswer, type KubeletApi, text } from './kubelet_request.ts';
import type { PodUsage } from './pod_usage.ts';

interface Sample {
  labels?: Readonly<Record<string, string>>;
  value: number;
  atMs?: number;
}

/** The text format of Prometheus. */
class MetricText {
  #lines: string[] = [];

  add(name: string, type: 'gauge' | 'counter', help: string, samples: readonly Sample[]): this {
    this.#lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
    for (const { labels = {}, value, atMs } of samples) {
      const inner = Object.entries(labels).map(([key, text]) => `${key}="${escapeLabel(text)}"`);
      const braces = inner.length > 0 ? `{${inner.join(',')}}` : '';
      this.#lines.push(`${name}${braces} ${value}${atMs === undefined ? '' : ` ${atMs}`}`);
    }
    return this;
  }

  answer(): KubeletAnswer {
    const body = `${this.#lines.join('\n')}\n`;
    return { ...text(200, body), contentType: 'text/plain; version=0.0.4; charset=utf-8' };
  }
}

export function resourceMetrics(api: KubeletApi, usage: () => Promise<PodUsage[]>) {
  return async (): Promise<KubeletAnswer> => {
    const [pods, machine] = await Promise.all([usage(), api.machine()]);
    const atMs = api.clock.now();
    const containers = pods.flatMap(({ namespace, name, containers }) =>
      containers.map((usage) => ({ usage, labels: { container: usage.name, namespace, pod: name } })),
    );
    const running = pods.filter((pod) => pod.containers.length > 0);
    const ofPods = (of: (usage: PodUsage['containers'][number]) => number): Sample[] =>
      running.map(({ namespace, name, containers }) => ({
        labels: { namespace, pod: name },
        value: containers.reduce((sum, usage) => sum + of(usage), 0),
        atMs: Math.max(...containers.map((usage) => usage.atMs)),
      }));
    const seconds = (nanoSeconds: number) => nanoSeconds / 1e9;
    return new MetricText()
      .add(
        'container_cpu_usage_seconds_total',
        'counter',
        'Cumulative cpu time consumed by the container in core-seconds',
        containers.map(({ usage, labels }) => ({
          labels,
          value: seconds(usage.cpuNanoSeconds),
          atMs: usage.atMs,
        })),
      )
      .add(
        'container_memory_working_set_bytes',
        'gauge',
        'Current working set of the container in bytes',
        containers.map(({ usage, labels }) => ({
          labels,
          value: usage.memoryWorkingSetBytes,
          atMs: usage.atMs,
        })),
      )
      .add(
        'container_start_time_seconds',
        'gauge',
        'Start time of the container since unix epoch in seconds',
        containers.map(({ usage, labels }) => ({ labels, value: usage.startedAtMs / 1000 })),
      )
      .add(
        'node_cpu_usage_seconds_total',
        'counter',
        'Cumulative cpu time consumed by the node in core-seconds',
        [{ value: seconds(machine.cpuNanoSeconds), atMs }],
      )
      .add('node_memory_working_set_bytes', 'gauge', 'Current working set of the node in bytes', [
        { value: machine.memoryWorkingSetBytes, atMs },
      ])
      .add(
        'pod_cpu_usage_seconds_total',
        'counter',
        'Cumulative cpu time consumed by the pod in core-seconds',
        ofPods(({ cpuNanoSeconds }) => seconds(cpuNanoSeconds)),
      )
      .add(
        'pod_memory_working_set_bytes',
        'gauge',
        'Current working set of the pod in bytes',
        ofPods(({ memoryWorkingSetBytes }) => memoryWorkingSetBytes),
      )
      .add(
        'resource_scrape_error',
        'gauge',
        '1 if there was an error while getting container metrics, 0 otherwise',
        [{ value: 0 }],
      )
      .answer();
  };
}

export function kubeletMetrics({ kubelet, node }: KubeletApi): KubeletAnswer {
  const observed = [...kubelet.pods.values()].map(({ memory }) => memory.observed);
  const states = new Map<string, number>();
  for (const { state } of observed.flatMap(({ containers }) => containers))
    states.set(state, (states.get(state) ?? 0) + 1);
  const { rss, heapUsed } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  return new MetricText()
    .add('kubelet_node_name', 'gauge', "The node's name. The count is always 1.", [
      { labels: { node: node.name }, value: 1 },
    ])
    .add('kubelet_running_pods', 'gauge', 'Number of pods that have a running pod sandbox', [
      { value: observed.filter(({ sandboxes }) => sandboxes.some(({ ready }) => ready)).length },
    ])
    .add(
      'kubelet_running_containers',
      'gauge',
      'Number of containers currently running',
      [...states].map(([state, value]) => ({ labels: { container_state: state }, value })),
    )
    .add('kubelet_desired_pods', 'gauge', 'The number of pods the kubelet is being instructed to run', [
      { value: kubelet.pods.size },
    ])
    .add('process_cpu_seconds_total', 'counter', 'Total user and system CPU time spent in seconds.', [
      { value: (user + system) / 1e6 },
    ])
    .add('process_resident_memory_bytes', 'gauge', 'Resident memory size in bytes.', [{ value: rss }])
    .add('nodejs_heap_used_bytes', 'gauge', 'Bytes of the JavaScript heap in use.', [{ value: heapUsed }])
    .answer();
}

function escapeLabel(label: string): string {
  return label.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
